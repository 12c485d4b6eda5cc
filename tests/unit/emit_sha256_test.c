/* SHA-256 against the examples of FIPS 180-4 (NIST CSRC "SHA256.pdf") and the known digests of the empty
 * text, of a million letters, and of every length around a block's end (made with sha256sum). */
#include "base/sha256.h"

#include "test.h"

static void check(const char *text, size_t len, const char *want)
{
    char hex[65];

    sha256_hex(text, len, hex);
    CHECK_STR(hex, want);
}

int main(void)
{
    static const struct {
        size_t len;
        const char *hex;
    } lengths[] = {
        {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
        {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
        {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
        {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
        {65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"},
        {119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"},
        {120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"},
        {128, "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e"},
    };
    static char a[1000000];
    struct sha256 hash;
    unsigned char one[32], two[32];

    memset(a, 'a', sizeof a);
    TEST("published examples");
    check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check(a, sizeof a, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");

    TEST("lengths around the end of a block");
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        check(a, lengths[i].len, lengths[i].hex);

    TEST("pieces of any size give the same digest");
    for (size_t piece = 1; piece < 200; piece += 7) {
        sha256_init(&hash);
        for (size_t at = 0; at < 1000; at += piece)
            sha256_add(&hash, a + at, at + piece < 1000 ? piece : 1000 - at);
        sha256_final(&hash, one);
        sha256_init(&hash);
        sha256_add(&hash, a, 1000);
        sha256_final(&hash, two);
        CHECK_MEM(one, sizeof one, two, sizeof two);
    }
    return test_finish();
}

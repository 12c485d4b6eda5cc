/*
 * measure LIMIT PROGRAM ARG...: runs a program without output and prints "SECONDS CPU_SECONDS PEAK_BYTES STATUS
 * USER_SECONDS".
 *
 * A process of its own, because a child's peak memory starts at what its parent had: started from an interpreter, a
 * small program would be charged for the interpreter. STATUS is the exit code, or 128 + the signal; a run longer than
 * LIMIT seconds is killed and reported as 124.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t expired;
static pid_t child;

static void on_alarm(int number)
{
    (void)number;
    expired = 1;
    kill(child, SIGKILL);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: measure LIMIT PROGRAM ARG...\n");
        return 64;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    child = fork();
    if (child < 0) {
        perror("fork");
        return 71;
    }
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    alarm((unsigned)strtoul(argv[1], NULL, 10));
    int status = 0;
    waitpid(child, &status, 0);
    alarm(0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    double user = (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
    printf("%.6f %.6f %lld %d %.6f\n", seconds, cpu, (long long)usage.ru_maxrss * 1024, expired ? 124 : code, user);
    return 0;
}

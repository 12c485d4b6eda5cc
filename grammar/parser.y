/* The grammar: blocks with attributes, and expressions. Words get their meaning before they arrive here (see
 * compiler/syntax/scan.h), brackets always match, and the common slips have been answered; what is left for bison
 * are sequences of tokens that make no sense, and these are skipped up to the next attribute or block. */
%require "3.8"
%expect 0
%define api.pure full
%define api.prefix {drc_}
%define api.token.prefix {T_}
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%param { struct scanner *scanner }

%code requires {
#include "syntax/scan.h"
}

%code provides {
int drc_lex(DRC_STYPE *value, struct span *where, struct scanner *scanner);
}

%code {
#include "syntax/build.h"

#define YYLLOC_DEFAULT(current, rhs, n)                                                                             \
    do {                                                                                                            \
        if (n) {                                                                                                    \
            (current).start = YYRHSLOC(rhs, 1).start;                                                               \
            (current).end = YYRHSLOC(rhs, n).end;                                                                   \
        } else {                                                                                                    \
            (current).start = (current).end = YYRHSLOC(rhs, 0).end;                                                 \
        }                                                                                                           \
    } while (0)

/* After a mistake: go on at the next item. Gives up when that made no progress. */
#define RESYNC(from)                                                                                                \
    do {                                                                                                            \
        yyerrok;                                                                                                    \
        if (!scan_resync(scanner, &yychar, T_DRC_EMPTY, yylloc, (from).start))                                        \
            YYABORT;                                                                                                \
    } while (0)

static void drc_error(const struct span *where, struct scanner *scanner, const char *message);
}

%token START_FILE "start of file"
%token START_EXPR "start of expression"
%token END 0 "end of file"

%token <atom> IDENT "name"
%token <atom> ATTR_NAME "attribute"
%token <struct expr *> LITERAL "value" INT "number" DURATION "duration" TIME "time" STRING "string" TEXT "text"
%token TEMPLATE_START "opening quote" TEMPLATE_END "closing quote"
%token INTERPOLATION_START "`\\(`" INTERPOLATION_END "`)` of `\\(`"
%token IMPORT "`import`" AS "`as`" LET "`let`" FOR "`for`" IN "`in`" IF "`if`" ANY "`any`" ALL "`all`" COUNT "`count`"
%token EVERY "`every`" DAILY "`daily`" WEEKLY "`weekly`" MONTHLY "`monthly`" CRON "`cron`" CONTINUOUS "`continuous`"
%token ON "`on`" AT "`at`" CHANGE "`change`" SCHEDULE_COMMA "`,` in a schedule"
%token NO_BODY "end of a header without a body"
%token ARROW "arrow"
%token OR "`||`" AND "`&&`" EQ "`==`" NE "`!=`" LE "`<=`" GE "`>=`" DOTDOT "`..`"

%right '?' ':'
%left OR
%left AND
%nonassoc EQ NE
%nonassoc '<' '>' LE GE
%left DOTDOT
%left '+' '-'
%left '*' '/' '%'
%precedence UNARY
%precedence '.' '('

%type <struct expr *> expr label path template schedule condition not_time
%type <struct expr_list *> arguments label_list
%type <uint32_t> labels elements parts
%type <struct expr *> kind
%type <struct schedule *> times days monthdays
%type <const char *> zone

%%

start:
  START_FILE items
| START_EXPR expr                       { scanner->result = $expr; }
;

items:
  %empty
| items item
;

item:
  IMPORT STRING                         { build_import(scanner, @$, $STRING, NULL); }
| IMPORT STRING AS IDENT                { build_import(scanner, @$, $STRING, $IDENT); }
| attribute
| block
| IDENT label_list kind NO_BODY         { build_no_body(scanner, @IDENT, $IDENT, $label_list, $kind, @kind); }
| ';'
| error                                 { RESYNC(@1); }
;

attribute:
  ATTR_NAME '=' expr                    { build_attribute(scanner, $1, @1, NULL, $expr, false); }
| ATTR_NAME '=' IDENT IN expr           { build_loop(scanner, $1, @1, $IDENT, $expr, @IN); }
| ATTR_NAME '=' IDENT IN expr ':' path  { build_loop(scanner, $1, @1, $IDENT, build_of_kind(scanner, $expr, $path), @IN); }
| LET ATTR_NAME '=' expr                { build_attribute(scanner, $2, @2, NULL, $expr, true); }
| ATTR_NAME '=' error                   {
                                            build_attribute(scanner, $1, @1, NULL, expr_new(scanner, EXPR_ERROR, @2), false);
                                            RESYNC(@3);
                                        }
;

block:
  open items '}'                        { build_close(scanner, @3); }
;

open:
  IDENT label_list kind '{'             {
                                            if (!build_open(scanner, @IDENT, $IDENT, $label_list, $kind, @kind))
                                                YYABORT;
                                        }
;

label_list:
  labels                                { $$ = build_list(scanner, $labels); }
;

labels:
  %empty                                { $$ = 0; }
| labels label                          { build_push(scanner, $label); $$ = $1 + 1; }
;

label:
  path
| path '(' arguments ')'                { $$ = build_call(scanner, @$, $path, $arguments); }
| STRING
| template
| LITERAL                               { $$ = build_bad_label(scanner, $1); }
| INT                                   { $$ = build_bad_label(scanner, $1); }
| DURATION                              { $$ = build_bad_label(scanner, $1); }
| TIME                                  { $$ = build_bad_label(scanner, $1); }
;

path:
  IDENT                                 { $$ = build_name(scanner, @$, $IDENT); }
| path '.' IDENT                        { $$ = build_member(scanner, @$, $1, $IDENT); }
;

kind:
  %empty                                { $$ = NULL; }
| ':' path                              { $$ = $path; }
| ':' path '(' arguments ')'            { $$ = build_call(scanner, @$, $path, $arguments); }
| ':'                                   { $$ = build_no_kind(scanner, @1); }
;

expr:
  LITERAL
| INT
| DURATION
| TIME
| STRING
| template
| schedule
| IDENT                                 { $$ = build_name(scanner, @$, $IDENT); }
| expr '.' IDENT                        { $$ = build_member(scanner, @$, $1, $IDENT); }
| expr '(' arguments ')'                { $$ = build_call(scanner, @$, $1, $arguments); }
| '(' expr ')'                          { $$ = $2; $$->parenthesised = 1; $$->span = @$; }
| '[' ']'                               { $$ = build_list_expr(scanner, @$, 0); }
| '[' elements comma ']'                { $$ = build_list_expr(scanner, @$, $elements); }
| '[' FOR IDENT IN expr condition ':' expr ']' {
                                            $$ = build_comprehension(scanner, EXPR_FOR, @$, $IDENT, $5, $condition, $8);
                                        }
| ANY '(' IDENT IN expr ':' expr ')'    { $$ = build_comprehension(scanner, EXPR_ANY, @$, $IDENT, $5, NULL, $7); }
| ALL '(' IDENT IN expr ':' expr ')'    { $$ = build_comprehension(scanner, EXPR_ALL, @$, $IDENT, $5, NULL, $7); }
| COUNT '(' IDENT IN expr ':' expr ')'  { $$ = build_comprehension(scanner, EXPR_COUNT, @$, $IDENT, $5, NULL, $7); }
| object_start pairs '}'                { $$ = build_object(scanner, @$); }
| '-' expr %prec UNARY                  { $$ = build_unary(scanner, @$, OP_NEG, $2); }
| '!' expr %prec UNARY                  { $$ = build_unary(scanner, @$, OP_NOT, $2); }
| expr '+' expr                         { $$ = build_binary(scanner, @$, OP_ADD, $1, $3); }
| expr '-' expr                         { $$ = build_binary(scanner, @$, OP_SUB, $1, $3); }
| expr '*' expr                         { $$ = build_binary(scanner, @$, OP_MUL, $1, $3); }
| expr '/' expr                         { $$ = build_binary(scanner, @$, OP_DIV, $1, $3); }
| expr '%' expr                         { $$ = build_binary(scanner, @$, OP_MOD, $1, $3); }
| expr EQ expr                          { $$ = build_binary(scanner, @$, OP_EQ, $1, $3); }
| expr NE expr                          { $$ = build_binary(scanner, @$, OP_NE, $1, $3); }
| expr '<' expr                         { $$ = build_binary(scanner, @$, OP_LT, $1, $3); }
| expr '>' expr                         { $$ = build_binary(scanner, @$, OP_GT, $1, $3); }
| expr LE expr                          { $$ = build_binary(scanner, @$, OP_LE, $1, $3); }
| expr GE expr                          { $$ = build_binary(scanner, @$, OP_GE, $1, $3); }
| expr AND expr                         { $$ = build_binary(scanner, @$, OP_AND, $1, $3); }
| expr OR expr                          { $$ = build_binary(scanner, @$, OP_OR, $1, $3); }
| expr '?' expr ':' expr                { $$ = build_condition(scanner, @$, $1, $3, $5); }
| expr DOTDOT expr                      { $$ = build_range(scanner, @$, $1, $3); }
;

condition:
  %empty                                { $$ = NULL; }
| IF expr                               { $$ = $expr; }
;

arguments:
  %empty                                { $$ = build_list(scanner, 0); }
| elements comma                        { $$ = build_list(scanner, $elements); }
;

elements:
  expr                                  { build_push(scanner, $expr); $$ = 1; }
| elements ',' expr                     { build_push(scanner, $expr); $$ = $1 + 1; }
;

comma:
  %empty
| ','
;

object_start:
  '{'                                   { build_object_start(scanner); }
;

pairs:
  %empty
| pairs pair separator
;

pair:
  ATTR_NAME '=' expr                    { build_pair(scanner, $1, @1, $expr); }
| STRING '=' expr                       { build_pair(scanner, build_key(scanner, $1), @1, $expr); }
;

separator:
  %empty
| ','
| ';'
;

template:
  TEMPLATE_START parts TEMPLATE_END     { $$ = build_template(scanner, @$, $parts); }
;

parts:
  %empty                                { $$ = 0; }
| parts TEXT                            { build_push(scanner, $TEXT); $$ = $1 + 1; }
| parts INTERPOLATION_START expr INTERPOLATION_END { build_push(scanner, $expr); $$ = $1 + 1; }
;

schedule:
  EVERY DURATION zone                   { $$ = build_every(scanner, @$, $2, $zone); }
| EVERY LITERAL zone                    { $$ = build_every(scanner, @$, $2, $zone); }
| EVERY INT zone                        { $$ = build_every(scanner, @$, $2, $zone); }
| DAILY AT times zone                   { $$ = build_schedule(scanner, @$, SCHEDULE_DAILY, NULL, $times, $zone); }
| WEEKLY ON days AT times zone          { $$ = build_schedule(scanner, @$, SCHEDULE_WEEKLY, $days, $times, $zone); }
| MONTHLY ON monthdays AT times zone    { $$ = build_schedule(scanner, @$, SCHEDULE_MONTHLY, $monthdays, $times, $zone); }
| CRON STRING zone                      { $$ = build_cron(scanner, @$, $STRING, $zone); }
| CONTINUOUS                            { $$ = build_schedule(scanner, @$, SCHEDULE_CONTINUOUS, NULL, NULL, NULL); }
| ON CHANGE                             { $$ = build_schedule(scanner, @$, SCHEDULE_ON_CHANGE, NULL, NULL, NULL); }
;

times:
  TIME                                  { $$ = build_time(scanner, NULL, $1); }
| not_time                              { $$ = build_time(scanner, NULL, $1); }
| times SCHEDULE_COMMA TIME             { $$ = build_time(scanner, $1, $3); }
| times SCHEDULE_COMMA not_time         { $$ = build_time(scanner, $1, $3); }
;

not_time:
  LITERAL
| INT
| DURATION
| STRING
;

days:
  IDENT                                 { $$ = build_weekday(scanner, NULL, $1, @1); }
| days SCHEDULE_COMMA IDENT             { $$ = build_weekday(scanner, $1, $3, @3); }
;

monthdays:
  INT                                   { $$ = build_monthday(scanner, NULL, $1); }
| monthdays SCHEDULE_COMMA INT          { $$ = build_monthday(scanner, $1, $3); }
;

zone:
  %empty                                { $$ = NULL; }
| IN STRING                             { $$ = $STRING->kind == EXPR_STRING ? $STRING->u.string.text : NULL; }
;

%%

static void drc_error(const struct span *where, struct scanner *scanner, const char *message)
{
    (void)message; /* bison calls this only when its stack is full */
    scan_report(scanner, DIAG_E0110, *where, "too many operators and brackets are open at once");
}

static int yyreport_syntax_error(const yypcontext_t *context, struct scanner *scanner)
{
    enum { EXPECTED_MAX = 64 };
    yysymbol_kind_t kinds[EXPECTED_MAX];
    const char *names[EXPECTED_MAX];
    int count = yypcontext_expected_tokens(context, kinds, EXPECTED_MAX);
    yysymbol_kind_t found = yypcontext_token(context);

    for (int i = 0; i < count; i++)
        names[i] = yysymbol_name(kinds[i]);
    build_syntax_error(scanner, *yypcontext_location(context), found == YYSYMBOL_YYEMPTY ? "" : yysymbol_name(found),
                       names, count > 0 ? count : 0);
    return 0;
}

" Highlighting of disaster-recovery specifications: the syntax only, the attribute tables belong to the compiler.
if exists('b:current_syntax')
  finish
endif

syntax iskeyword @,48-57,_,-

" A block: name, labels, perhaps a kind, opening brace.
syntax match drBlock /\%(^\|[{};]\)\@1<=\s*\zs[A-Za-z_][A-Za-z0-9_-]*\ze\%(\s\+\%([A-Za-z_][A-Za-z0-9_.-]*\%(([^)]*)\)\?\|"[^"]*"\)\)*\s*\%(:\s*[A-Za-z_][A-Za-z0-9_.-]*\)\?\s*{/
syntax match drKind /\%(\S\s\+\):\s*\zs[A-Za-z_][A-Za-z0-9_.-]*\ze\s*{/
syntax match drAttribute /\<[A-Za-z_][A-Za-z0-9_-]*\ze\s*==\@!/
syntax match drImport /^\s*\zsimport\ze\s*"/

syntax keyword drConstant true false null unknown
syntax keyword drOperator for in if any all count let
syntax keyword drSchedule every daily weekly monthly cron continuous on at

syntax match drNumber /\<\d\+\%(\.\d\+\)\?\>/
syntax match drUnit /\<\%(\d\+\%(\.\d\+\)\?\%(ms\|[smhdwy]\)\)\+\>/
syntax match drUnit /\<\d\+\%(\.\d\+\)\?\%([KMGTP]i\?\)\?B\%(\/[smhd]\)\?\>/
syntax match drUnit /\<\d\+\%(\.\d\+\)\?%/
syntax match drUnit /\<\d\+\%(\.\d\+\)\?\s\+[A-Z]\{3}\%(\/mo\)\?\>/
syntax match drUnit /\<\d\{4}-\d\d-\d\d\>/
syntax match drUnit /\<\d\d:\d\d\>/

syntax match drEscape /\\\%([nrt"\\0]\|u{\x\{1,6}}\)/ contained
syntax match drPlaceholder /{{[a-z_.]\+}}/ contained
syntax region drParens start=/(/ end=/)/ contained contains=drParens,drString,drNumber,drUnit,drConstant,drOperator
syntax region drInterpolation matchgroup=Special start=/\\(/ end=/)/ contained
      \ contains=drParens,drString,drNumber,drUnit,drConstant,drOperator
syntax region drString start=/"/ end=/"\|$/ contains=drEscape,drInterpolation,drPlaceholder
syntax region drText start=/"""/ end=/"""/ contains=drEscape,drInterpolation,drPlaceholder

syntax keyword drTodo TODO FIXME XXX contained
syntax match drComment /\/\/.*$/ contains=drTodo,@Spell
syntax match drComment /#.*$/ contains=drTodo,@Spell
syntax match drDoc /\/\/\/.*$/ contains=@Spell
syntax region drComment start=/\/\*/ end=/\*\// contains=drTodo,@Spell

highlight default link drBlock Statement
highlight default link drKind Type
highlight default link drAttribute Identifier
highlight default link drImport Include
highlight default link drConstant Constant
highlight default link drOperator Operator
highlight default link drSchedule Keyword
highlight default link drNumber Number
highlight default link drUnit Number
highlight default link drEscape SpecialChar
highlight default link drPlaceholder Special
highlight default link drString String
highlight default link drText String
highlight default link drTodo Todo
highlight default link drComment Comment
highlight default link drDoc SpecialComment

let b:current_syntax = 'dr'

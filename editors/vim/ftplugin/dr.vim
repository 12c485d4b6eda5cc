" Settings for disaster-recovery specifications.
if exists('b:did_ftplugin')
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=//\ %s
setlocal comments=:///,://,s1:/*,mb:*,ex:*/
setlocal expandtab shiftwidth=2 softtabstop=2
setlocal iskeyword+=-
setlocal suffixesadd=.dr
setlocal include=^\\s*import
setlocal formatprg=drc\ fmt\ -
setlocal makeprg=drc\ check\ --color\ never\ %:S
" Message first, place in the line below.
setlocal errorformat=%Eerror[%.%#]:\ %m,%Wwarning[%.%#]:\ %m,%Inote[%.%#]:\ %m,%Z%*[\ ]-->\ %f:%l:%c,%-G%.%#

let b:undo_ftplugin = 'setlocal commentstring< comments< expandtab< shiftwidth< softtabstop< iskeyword<'
      \ . ' suffixesadd< include< formatprg< makeprg< errorformat<'

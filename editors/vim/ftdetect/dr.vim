autocmd BufNewFile,BufRead *.dr setfiletype dr

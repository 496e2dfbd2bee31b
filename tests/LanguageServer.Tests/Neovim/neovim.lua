-- Drives a headless Neovim as a user would, step by step, and writes what it saw to a file: one line each, "name: value".
-- NEOVIM_RESULTS is that file, NEOVIM_CONFIG the configuration, NEOVIM_SPEC the spec to open.
local results = assert(io.open(os.getenv("NEOVIM_RESULTS"), "w"))

local function report(name, value)
  results:write(name .. ": " .. tostring(value) .. "\n")
  results:flush()
end

local thread

-- Waits until something is so, while Neovim goes on.
local function wait_for(what, condition)
  for _ = 1, 600 do
    local ok, result = pcall(condition)
    if ok and result then
      return result
    end
    vim.defer_fn(function() coroutine.resume(thread) end, 50)
    coroutine.yield()
  end
  report("failed", "waited in vain for " .. what)
  vim.cmd("cquit")
end

local function line(number)
  return vim.api.nvim_buf_get_lines(0, number - 1, number, false)[1]
end

-- Puts the cursor on the first character of a part of the text.
local function go_to(part)
  for number, text in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local column = text:find(part, 1, true)
    if column then
      vim.api.nvim_win_set_cursor(0, { number, column - 1 })
      return number
    end
  end
  report("failed", "no " .. part)
  vim.cmd("cquit")
end

local function keys(written)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(written, true, false, true), "n", false)
end

-- Where a choice is asked for, the first one is taken.
vim.ui.select = function(items, options, on_choice)
  report("offered", (options.format_item or tostring)(items[1]))
  on_choice(items[1], 1)
end

local function run()
  dofile(os.getenv("NEOVIM_CONFIG"))
  vim.cmd("edit " .. os.getenv("NEOVIM_SPEC"))
  report("version", tostring(vim.version().major) .. "." .. vim.version().minor .. "." .. vim.version().patch)

  local found = wait_for("diagnostics", function()
    local all = vim.diagnostic.get(0)
    return #all > 0 and all
  end)
  report("diagnostics", #found)
  report("diagnostic", found[1].lnum + 1 .. "," .. found[1].col + 1 .. " " .. found[1].code .. " " .. found[1].message)

  local number = go_to("Flaten")
  vim.lsp.buf.code_action()
  wait_for("the fix", function() return line(number):find('"Flatten"', 1, true) end)
  report("fixed", vim.trim(line(number)))
  wait_for("no errors", function() return #vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR }) == 0 end)

  number = go_to('"block": "convs", "filters": 8')
  vim.api.nvim_win_set_cursor(0, { number, (line(number):find("convs", 1, true)) })
  vim.lsp.buf.definition()
  wait_for("the definition", function() return vim.api.nvim_win_get_cursor(0)[1] ~= number end)
  report("definition", vim.trim(vim.api.nvim_get_current_line()))

  vim.lsp.buf.rename("pair")
  wait_for("the rename", function() return line(number):find('"pair"', 1, true) end)
  report("renamed", vim.trim(line(number)))
  report("renamed definition", vim.trim(vim.api.nvim_get_current_line()))

  -- A layer that is being written: its type, and then a key.
  number = go_to('{ "type": "Flatten" }')
  vim.api.nvim_buf_set_lines(0, number - 1, number - 1, false, { '    { "type": "MaxPool' })
  vim.api.nvim_win_set_cursor(0, { number, 0 })
  keys("A<C-x><C-o>")
  local offered = wait_for("completion", function()
    local items = vim.fn.complete_info({ "items" }).items
    return #items > 0 and items
  end)
  report("completed", vim.inspect(vim.tbl_map(function(item) return item.abbr end, offered)):gsub("%s+", " "))
  keys("<C-n><C-y><Esc>")
  wait_for("the word", function() return line(number):find("MaxPooling2D", 1, true) end)
  report("word", vim.trim(line(number)))
  report("end", "reached")
  vim.cmd("qall!")
end

thread = coroutine.create(function()
  local ok, message = pcall(run)
  if not ok then
    report("failed", message)
    vim.cmd("cquit")
  end
end)
vim.defer_fn(function() coroutine.resume(thread) end, 0)

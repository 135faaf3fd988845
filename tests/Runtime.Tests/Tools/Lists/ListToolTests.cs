namespace Runtime.Tests.Tools.Lists;

public sealed class ListToolTests
{
    [Fact]
    public async Task List_AddShowRemoveClear_KeepsAFileThatAPersonCanRead()
    {
        using var bench = new ToolBench();
        Assert.Equal("Added to shopping: milk, eggs, brown bread.", await bench.OkAsync("list", """{"action":"add","list":"shopping","item":"milk, eggs, and brown bread"}"""));
        Assert.Equal("# shopping\n\n- [ ] milk\n- [ ] eggs\n- [ ] brown bread\n", bench.Get("lists/shopping.md"));
        Assert.Equal("Added to shopping: tea. Already on shopping: Milk.", await bench.OkAsync("list", """{"action":"add","list":"Shopping list","item":"Milk, tea"}"""));
        Assert.Equal("Removed from shopping: brown bread, milk.", await bench.OkAsync("list", """{"action":"remove","list":"the shopping-list","item":"bread, MILK"}"""));
        Assert.Equal("shopping:\n- eggs\n- tea", await bench.OkAsync("list", """{"action":"show","list":"shopping"}"""));
        Assert.Equal("Lists: shopping (2 items).", await bench.OkAsync("list", """{"action":"show"}"""));
        Assert.Equal("Cleared shopping: 2 items removed.", await bench.OkAsync("list", """{"action":"clear","list":"shopping"}"""));
        Assert.Equal("shopping is empty.", await bench.OkAsync("list", """{"action":"show","list":"shopping"}"""));
        Assert.Equal("# shopping\n\n", bench.Get("lists/shopping.md"));
    }

    [Fact]
    public async Task List_Notes_KeepTheirCommasAndAreNotTicked()
    {
        using var bench = new ToolBench();
        Assert.Equal("Added to notes: call Anna, she is ill.", await bench.OkAsync("list", """{"action":"add","list":"note","item":"call Anna, she is ill"}"""));
        await bench.OkAsync("list", """{"action":"add","list":"notes","item":"two\nlines"}""");
        Assert.Equal("# notes\n\n- call Anna, she is ill\n- two lines\n", bench.Get("lists/notes.md"));
        Assert.Equal("Removed from notes: call Anna, she is ill.", await bench.OkAsync("list", """{"action":"remove","list":"notes","item":"anna"}"""));
    }

    [Fact]
    public async Task List_WhatAPersonWroteThere_StaysAsItIs()
    {
        using var bench = new ToolBench();
        bench.Put("lists/todo.md", "Our house\r\n\r\n* [x] roof\n## Garden\n  - apple tree\n-no item\n- [ ]\n");
        Assert.Equal("todo:\n- roof (done)\n- apple tree", await bench.OkAsync("list", """{"action":"show","list":"to do"}"""));
        await bench.OkAsync("list", """{"action":"add","list":"todo","item":"roof"}""");
        Assert.Equal("Our house\n\n* [x] roof\n## Garden\n  - apple tree\n-no item\n- [ ]\n- [ ] roof\n", bench.Get("lists/todo.md"));
    }

    [Theory]
    [InlineData("""{"action":"remove","list":"shopping","item":"tea"}""", "Not on shopping: tea.")]
    [InlineData("""{"action":"remove","list":"shopping","item":"m"}""", "Not on shopping: m.")]
    [InlineData("""{"action":"add","list":"../x","item":"tea"}""", "A list's name is made of letters")]
    [InlineData("""{"action":"add","list":"a/b","item":"tea"}""", "A list's name is made of letters")]
    [InlineData("""{"action":"add","item":"tea"}""", "Which list?")]
    [InlineData("""{"action":"add","list":"shopping"}""", "item is missing")]
    [InlineData("""{"action":"add","list":"shopping","item":" , "}""", "item is missing")]
    [InlineData("""{"action":"tick","list":"shopping"}""", "There is no action tick")]
    public async Task List_WhatCannotBeDone_SaysWhyAndChangesNothing(string arguments, string why)
    {
        using var bench = new ToolBench();
        bench.Put("lists/shopping.md", "- milk\n- ham\n");
        Assert.Contains(why, await bench.ErrorAsync("list", arguments), StringComparison.Ordinal);
        Assert.Equal("- milk\n- ham\n", bench.Get("lists/shopping.md"));
    }

    [Fact]
    public async Task List_AFileThatIsALink_IsNotFollowedAndNotReplaced()
    {
        using var bench = new ToolBench();
        await File.WriteAllTextAsync(bench.Outside("other.md"), "- secret\n");
        Directory.CreateDirectory(Path.Combine(bench.Workspace, "lists"));
        File.CreateSymbolicLink(Path.Combine(bench.Workspace, "lists", "shopping.md"), bench.Outside("other.md"));
        Assert.Contains("link", await bench.ErrorAsync("list", """{"action":"add","list":"shopping","item":"tea"}"""), StringComparison.Ordinal);
        Assert.Equal("- secret\n", await File.ReadAllTextAsync(bench.Outside("other.md")));
    }

    [Fact]
    public async Task List_ManyAtOnce_LoseNothing()
    {
        using var bench = new ToolBench();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => bench.OkAsync("list", $$"""{"action":"add","list":"shopping","item":"thing {{i}}"}""")));
        Assert.Equal(20, bench.Get("lists/shopping.md").Split('\n').Count(line => line.StartsWith("- [ ] thing ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task List_WhatIsShown_IsData()
    {
        using var bench = new ToolBench();
        await bench.OkAsync("list", """{"action":"add","list":"shopping","item":"tea"}""");
        Assert.True((await bench.CallAsync("list", """{"action":"show","list":"shopping"}""")).IsData);
        Assert.False((await bench.CallAsync("list", """{"action":"remove","list":"shopping","item":"tea"}""")).IsData);
    }
}

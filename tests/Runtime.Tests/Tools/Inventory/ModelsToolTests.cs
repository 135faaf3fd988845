using Models.Egress;
using Models.Generation;
using Models.Import;
using Models.Store;
using Runtime.Tools.Inventory;
using Runtime.Tools.Policy;
using TestKit;

namespace Runtime.Tests.Tools.Inventory;

public sealed class ModelsToolTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly ModelHost _models;
    private readonly ModelInventory _inventory;

    public ModelsToolTests()
    {
        _models = new ModelHost(new ModelStore(_home.Path), new EngineOptions());
        _inventory = new ModelInventory(_models, new EgressPolicy { Offline = true });
    }

    [Fact]
    public async Task Models_OfAnAssistant_AreListedAndNotChanged()
    {
        using var bench = new ToolBench(more: new ModelsTool(() => _inventory));
        Assert.DoesNotContain("qwen", await bench.OkAsync("models", """{"action":"list"}"""), StringComparison.Ordinal);
        Assert.Matches("^(Fit this box, the best first:\n- |No larger model fits)", await bench.OkAsync("models", """{"action":"recommend"}"""));
        var refused = await bench.CallAsync("models", """{"action":"pull","name":"qwen2.5-0.5b"}""");
        Assert.True(refused.IsRefused);
        Assert.Contains("this takes the profile operator", refused.Text, StringComparison.Ordinal);
        Assert.True((await bench.CallAsync("models", """{"action":"remove","name":"story"}""")).IsRefused);
    }

    [SharedFact("models/stories260K")]
    public async Task Models_OfAnOperator_AreRemovedWhenAPersonSaysYes()
    {
        _models.Store.Import(Path.Combine(Shared.Find("models/stories260K")!, "stories260K.bin"), "story", new ImportOptions());
        using var bench = new ToolBench(new ToolRules { Profile = ToolProfile.Operator }, new Yes(), new ModelsTool(() => _inventory));
        Assert.Contains("- story (", await bench.OkAsync("models", """{"action":"list"}"""), StringComparison.Ordinal);
        Assert.Equal("Removed story.", await bench.OkAsync("models", """{"action":"remove","name":"story"}"""));
        Assert.Null(_models.Store.Find("story"));
        Assert.Contains("No model named 'story'", await bench.ErrorAsync("models", """{"action":"remove","name":"story"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_PullWhereNothingMayLeave_SaysSoInTheList()
    {
        using var bench = new ToolBench(new ToolRules { Profile = ToolProfile.Operator }, null, new ModelsTool(() => _inventory));
        Assert.StartsWith("Pulling qwen2.5-0.5b, 428.7 MB.", await bench.OkAsync("models", """{"action":"pull","name":"qwen2.5-0.5b"}"""), StringComparison.Ordinal);
        await Assert.Single(_inventory.Pulls).Running!.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("- qwen2.5-0.5b: could not be pulled: Offline mode is on", await bench.OkAsync("models", """{"action":"list"}"""), StringComparison.Ordinal);
        Assert.Contains("There is no model gpt-99 to pull. Names are: smollm2-135m", await bench.ErrorAsync("models", """{"action":"pull","name":"gpt-99"}"""), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _inventory.Dispose();
        _models.Dispose();
        _home.Dispose();
    }

    private sealed class Yes : Runtime.Tools.IToolApprover
    {
        public Task<bool> ApproveAsync(Runtime.Tools.Tool tool, Runtime.Tools.ToolArguments arguments, Runtime.Tools.ToolContext context, string reason, CancellationToken cancellation) => Task.FromResult(true);
    }
}

using Models.Catalogue;
using Models.Store;
using Runtime.Tools.Policy;

namespace Runtime.Tools.Inventory;

/// <summary>
/// The models of this box: which are here, which would fit, fetching one and taking one away. What changes something takes the profile
/// operator; what goes for good is asked about.
/// </summary>
/// <param name="models">The models; asked for when the tool is used.</param>
public sealed class ModelsTool(Func<ModelInventory> models) : Tool(
    "models", "This box's models.",
    """{"type":"object","properties":{"action":{"enum":["list","recommend","pull","remove"]},"name":{"type":"string"}},"required":["action"]}""")
{
    private const int MostAdvised = 4;

    /// <inheritdoc/>
    public override ToolEffect Effect => ToolEffect.Destructive;

    /// <inheritdoc/>
    public override ToolProfile Profile => ToolProfile.Assistant;

    /// <inheritdoc/>
    public override bool ReturnsData => false;

    /// <inheritdoc/>
    public override ToolProfile ProfileOf(ToolArguments arguments) => arguments.OptionalText("action") is "pull" or "remove" ? ToolProfile.Operator : Profile;

    /// <inheritdoc/>
    public override ToolEffect EffectOf(ToolArguments arguments, ToolContext context) => arguments.OptionalText("action") switch
    {
        "list" or "recommend" => ToolEffect.Reads,
        "pull" => ToolEffect.Outward,
        _ => ToolEffect.Destructive,
    };

    /// <inheritdoc/>
    public override async Task<ToolResult> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellation) => new(arguments.Text("action") switch
    {
        "list" => List(),
        "recommend" => await RecommendAsync(cancellation),
        "pull" => models().Pull(arguments.Text("name")),
        "remove" => models().Remove(arguments.Text("name")),
        var other => throw new ToolException($"There is no action {other}; there are list, recommend, pull and remove."),
    });

    private string List()
    {
        var inventory = models();
        var lines = inventory.Installed.Select(model => $"- {model.Manifest.Name} ({ByteSize.Format(model.Manifest.Files.Sum(file => file.Size))}{(model.Manifest.Name == inventory.Default ? ", used where none is named" : "")})")
            .Concat(inventory.Pulls.Select(pull => $"- {pull.Name}: {pull.State}")).ToList();
        return lines.Count > 0 ? $"Models:\n{string.Join('\n', lines)}" : "No model is installed.";
    }

    private async Task<string> RecommendAsync(CancellationToken cancellation)
    {
        var fitting = (await models().AdviseAsync(cancellation)).Where(advice => advice.Obstacle is null).Take(MostAdvised).ToList();
        return fitting.Count > 0 ? $"Fit this box, the best first:\n{string.Join('\n', fitting.Select(Line))}" : "No larger model fits this box: it has too little free memory or disk.";
    }

    private static string Line(ModelAdvice advice) =>
        $"- {advice.Model.Name}: {ByteSize.Format(advice.Model.DownloadBytes)} to fetch, {ByteSize.Format(advice.MemoryBytes)} of memory{(advice.TokensPerSecond is { } speed ? $", about {speed:0} tokens/s" : "")}";
}

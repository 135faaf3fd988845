using Appliance.Http.Anthropic;
using Models.Embedding;
using Models.Store;

namespace Appliance.Http.OpenAi;

/// <summary>GET /v1/models and GET /v1/models/NAME, which OpenAI's and Anthropic's clients both ask for.</summary>
internal sealed class ModelListing(ModelDoor models)
{
    /// <summary>Every installed model, those elsewhere that are configured, and behind them the embedder that is always there.</summary>
    public Task ListAsync(HttpContext context)
    {
        IReadOnlyList<ModelEntry> entries = [.. models.Models.Store.List().Select(ToEntry), .. models.Elsewhere.Select(name => new ModelEntry(name, 0)), BuiltIn];
        return AnthropicErrors.IsExpected(context.Request)
            ? JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new ModelPage([.. entries.Select(ToInfo)]), AnthropicJson.Wire.ModelPage)
            : JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, new ModelList(entries), OpenAiJson.Wire.ModelList);
    }

    /// <summary>One model.</summary>
    public Task GetAsync(HttpContext context, string name)
    {
        var entry = HashEmbedder.IsNamed(name) ? BuiltIn : models.Elsewhere.Contains(name) ? new ModelEntry(name, 0) : ToEntry(models.Models.Store.Get(name));
        return AnthropicErrors.IsExpected(context.Request)
            ? JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, ToInfo(entry), AnthropicJson.Wire.ModelInfo)
            : JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, entry, OpenAiJson.Wire.ModelEntry);
    }

    private static ModelEntry BuiltIn { get; } = new(HashEmbedder.ModelName, 0);

    private static ModelEntry ToEntry(InstalledModel model) => new(model.Manifest.Name, model.Manifest.InstalledAt.ToUnixTimeSeconds());

    private static ModelInfo ToInfo(ModelEntry entry) => new(entry.Id, entry.Id, DateTimeOffset.FromUnixTimeSeconds(entry.Created));
}

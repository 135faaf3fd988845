using Models.Embedding;
using Models.Generation;
using Models.Store;

namespace Appliance.Http.OpenAi;

/// <summary>GET /v1/models and GET /v1/models/NAME.</summary>
internal sealed class ModelListing(IModelHost models)
{
    /// <summary>Every installed model, and behind them the embedder that is always there.</summary>
    public Task ListAsync(HttpContext context) => JsonAnswer.WriteAsync(
        context, StatusCodes.Status200OK, new ModelList([.. models.Store.List().Select(ToEntry), BuiltIn]), OpenAiJson.Wire.ModelList);

    /// <summary>One model.</summary>
    public Task GetAsync(HttpContext context, string name) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, HashEmbedder.IsNamed(name) ? BuiltIn : ToEntry(models.Store.Get(name)), OpenAiJson.Wire.ModelEntry);

    private static ModelEntry BuiltIn { get; } = new(HashEmbedder.ModelName, 0);

    private static ModelEntry ToEntry(InstalledModel model) => new(model.Manifest.Name, model.Manifest.InstalledAt.ToUnixTimeSeconds());
}

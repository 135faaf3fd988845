using Models.Generation;
using Models.Store;

namespace Appliance.Http.OpenAi;

/// <summary>GET /v1/models and GET /v1/models/NAME.</summary>
internal sealed class ModelListing(IModelHost models)
{
    /// <summary>Every installed model.</summary>
    public Task ListAsync(HttpContext context) => JsonAnswer.WriteAsync(
        context, StatusCodes.Status200OK, new ModelList([.. models.Store.List().Select(ToEntry)]), OpenAiJson.Wire.ModelList);

    /// <summary>One model.</summary>
    public Task GetAsync(HttpContext context, string name) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, ToEntry(models.Store.Get(name)), OpenAiJson.Wire.ModelEntry);

    private static ModelEntry ToEntry(InstalledModel model) => new(model.Manifest.Name, model.Manifest.InstalledAt.ToUnixTimeSeconds());
}

using Appliance.Gateway.Identity;
using Appliance.Gateway.Identity.People;
using Microsoft.AspNetCore.Http.Features;
using Runtime.Audit;

namespace Appliance.Http;

/// <summary>Which models whoever asks may use. Every handler that computes with one asks here first, by the model's own name. Immutable.</summary>
internal sealed class ModelRights(AccessPolicy policy, AuditLog audit, Principal principal, AuditActor by)
{
    /// <summary>True where all models may be used.</summary>
    public bool HasAll => policy.RoleOf(principal.PersonId)?.Models.Contains("*") == true;

    /// <summary>Lets pass who may use a model.</summary>
    /// <exception cref="ApiException">403: they may not. It stands in the audit log.</exception>
    public void Require(string model)
    {
        var decision = policy.Decide(principal, AccessAction.Model, model);
        if (decision.IsAllowed) return;
        audit.Decided(by, $"model {model}", false, decision.Rule);
        throw new ApiException(StatusCodes.Status403Forbidden, $"The model '{model}' is not among those that you may use.", "model", "model_not_allowed");
    }
}

/// <summary>The rights of the request at hand.</summary>
internal static class ModelRightsOfRequest
{
    /// <summary>Lets pass who may use a model.</summary>
    /// <exception cref="ApiException">403.</exception>
    public static void RequireModel(this HttpContext context, string model) => context.Features.GetRequiredFeature<ModelRights>().Require(model);
}

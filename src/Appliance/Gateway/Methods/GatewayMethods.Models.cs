using Appliance.Config.Sections;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Models;
using Models.Store;
using Runtime.Agents;
using Runtime.Sessions;

namespace Appliance.Gateway.Methods;

// The models that are installed, whose provider is called local: nothing of them leaves the box; and those elsewhere that are configured.
internal sealed partial class GatewayMethods
{
    private const string Provider = "local", Elsewhere = "targets";
    private const string NoModel = "No model is installed. Get one with `appliance models pull hf:OWNER/REPO` or `appliance models import FILE`.";

    private IEnumerable<GatewayMethod> Models =>
    [
        GatewayMethod.Of("models.list", Scope.Read, call => FrameWriter.Payload(ListModels(call.Params.OptionalText("provider")))),
        GatewayMethod.Of("models.authStatus", Scope.Read, _ => FrameWriter.Payload(
            new ModelsAuthStatus(_context.Now, DefaultModel().Name is null ? [] : [new ModelProviderStatus(Provider, Provider, "Local", "static")]))),
    ];

    /// <summary>The event for a client that asked for the models in its connect.</summary>
    public byte[] ModelsSnapshotPayload() => FrameWriter.Payload(
        new ModelsSnapshot(new(SessionKey.Main), new(SessionKey.Main), ListModels(null)));

    private ModelList ListModels(string? provider)
    {
        var standard = DefaultModel().Name;
        var here = _context.Models.Store.List().Where(installed => installed.Manifest.Kind == ModelKind.Decoder).Select(installed => new ModelRow(installed.Manifest.Name, installed.Manifest.Name, Provider)
        {
            ContextWindow = installed.Manifest.ContextLength,
            Tags = installed.Manifest.Name == standard ? ["default"] : null,
        });
        var elsewhere = Targets.Select(target => new ModelRow(target.Key, target.Key, Elsewhere) { ContextWindow = target.Value.ToTarget(target.Key).Window });
        return new ModelList([.. here.Concat(elsewhere).Where(row => provider is null || row.Provider == provider)]);
    }

    private IReadOnlyDictionary<string, TargetConfig> Targets => _context.Config.Config.Models.Targets;

    /// <summary>The model that answers where nobody chose one; null where there is none.</summary>
    private (string? Name, long? Context) DefaultModel() => DefaultModel(_context.Agents.Default);

    private (string? Name, long? Context) DefaultModel(Agent? agent) => Describe(agent?.Settings.Model ?? _context.Options.Model);

    private (string? Name, long? Context) ModelOf(Session session) =>
        session.Settings.Model is { } chosen ? Describe(chosen) : DefaultModel(_context.Agents.Of(session.Key));

    private (string? Name, long? Context) Describe(string? name)
    {
        if (name is not null && Targets.TryGetValue(name, out var target)) return (name, target.ToTarget(name).Window);
        try
        {
            var manifest = _context.Models.Store.Get(name).Manifest;
            return (manifest.Name, manifest.ContextLength);
        }
        catch (ModelException)
        {
            return (null, null);
        }
    }

    /// <summary>A model as clients name it, with or without its provider, by the name it is installed under.</summary>
    private string FindModel(string named)
    {
        var name = named.StartsWith(Provider + "/", StringComparison.Ordinal) ? named[(Provider.Length + 1)..] : named;
        if (named.StartsWith(Elsewhere + "/", StringComparison.Ordinal)) name = named[(Elsewhere.Length + 1)..];
        if (Targets.ContainsKey(name)) return name;
        try
        {
            return _context.Models.Store.Get(name).Manifest.Name;
        }
        catch (StoreException e) when (e.IsNotFound)
        {
            throw GatewayException.Invalid(e.Message);
        }
    }

    private SessionModelDefaults ModelDefaults()
    {
        var (model, context) = DefaultModel();
        return new SessionModelDefaults(model is null ? null : Provider, model, context);
    }
}

using Appliance.Config.Secrets;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;

namespace Appliance.Gateway.Methods;

// Secrets by name. They can be put in and taken away, never read back.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> Secrets =>
    [
        GatewayMethod.Of("secrets.reload", Scope.Admin, _ =>
        {
            _context.Config.Reload();
            return FrameWriter.Payload(new SecretsReloaded(_context.Config.MissingSecrets().Count));
        }),
        GatewayMethod.Of("secrets.resolve", Scope.Admin, _ => FrameWriter.Payload(
            new SecretsResolved(["This gateway hands no secret out. Name where it is in the configuration: {\"env\"}, {\"file\"} or {\"command\"}.", .. _context.Config.MissingSecrets()]))),
        GatewayMethod.Of("secrets.store.list", Scope.Admin, _ => FrameWriter.Payload(
            new SecretStoreList([.. SecretFiles.List(_context.Home).Select(f => new SecretStoreEntry(f.Name, Milliseconds(f.Created), Milliseconds(f.Changed)))]))),
        GatewayMethod.Of("secrets.store.set", Scope.Admin, SetSecret),
        GatewayMethod.Of("secrets.store.delete", Scope.Admin, call => MutateSecret(call, name => SecretFiles.Delete(_context.Home, name))),
    ];

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private byte[] SetSecret(GatewayCall call)
    {
        var kind = call.Params.OptionalWord("kind", "secret", "env") ?? throw call.Params.Fault("must have required property 'kind'");
        if (kind == "env") throw GatewayException.Unavailable("This gateway keeps secrets; variables that are none belong into its environment.");
        if (call.Params.OptionalTexts("allowedHosts") is { Count: > 0 }) throw GatewayException.Unavailable("This gateway does not bind secrets to hosts.");
        var value = call.Params.Text("value", 65_536);
        return MutateSecret(call, name => SecretFiles.Set(_context.Home, name, value));
    }

    private byte[] MutateSecret(GatewayCall call, Action<string> mutate)
    {
        var name = call.Params.Text("name", 128);
        if (!SecretFiles.IsName(name)) throw call.Params.Fault("at /name: must match pattern \"^[A-Z][A-Z0-9_]{0,127}$\"");
        mutate(name);
        _context.Log.Write($"{call.Principal.DeviceId ?? "the owner"} changed the secret {name}");
        return FrameWriter.Payload(new SecretStoreMutation(false, _context.Config.MissingSecrets().Count));
    }
}

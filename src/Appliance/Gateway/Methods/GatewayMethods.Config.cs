using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Appliance.Hosting;
using Models;
using SettingPath = Appliance.Config.Document.ConfigPath;

namespace Appliance.Gateway.Methods;

// What the gateway is configured with. Every copy goes out without secrets; who sends the placeholder back keeps the secret.
internal sealed partial class GatewayMethods
{
    private const string ConfigHashNeeded = "config base hash required; re-run config.get and retry";

    private IEnumerable<GatewayMethod> Config =>
    [
        GatewayMethod.Of("config.get", Scope.Read, _ => FrameWriter.Payload(ConfigView())),
        GatewayMethod.Of("config.set", Scope.Admin, call => FrameWriter.Payload(ReplaceConfig(call) with { ChangedPaths = null })),
        GatewayMethod.Of("config.apply", Scope.Admin, call => FrameWriter.Payload(ReplaceConfig(call) with { ChangedPaths = null })),
        GatewayMethod.Of("config.patch", Scope.Admin, call => FrameWriter.Payload(PatchConfig(call))),
        GatewayMethod.Of("config.schema", Scope.Read, _ => FrameWriter.Payload(new ConfigSchemaResponse(
            ConfigSchema.ToJson(), [.. ConfigSchema.Leaves().Select(leaf => ($"{leaf.Path}", Hint(leaf.Schema)))], ProductVersion.Text,
            _context.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)))),
        GatewayMethod.Of("config.schema.lookup", Scope.Read, LookUpSchema),
    ];

    /// <summary>Where the file is.</summary>
    public string ConfigPath => _context.Config.Path;

    /// <summary>Tells clients that the configuration is another one.</summary>
    public void ConfigChanged(ConfigChange change)
    {
        if (change.Paths.Count == 0) return;
        var paths = change.Paths.Select(path => $"{path}").ToList();
        _context.Hub.Broadcast("config.changed", FrameWriter.Payload(new ConfigChanged(ConfigPath, _context.Config.Hash, paths, change.NeedRestart.Count > 0)));
    }

    private ConfigSnapshot ConfigView()
    {
        var (store, hash) = (_context.Config, _context.Config.Hash);
        var file = store.ReadFile();
        var document = file.Document is { } written ? ConfigRedaction.Redact(written) : null;
        return new ConfigSnapshot(store.Path, hash != "none", hash, store.Problem is null ? hash : "last-good", document is null ? null : Encoding.UTF8.GetString(document.Text.Span),
            document?.ToJson(), EffectiveConfig())
        {
            Issues = [.. file.Issues.Where(issue => !issue.IsWarning).Select(Entry)],
            Warnings = [.. file.Issues.Where(issue => issue.IsWarning).Select(Entry)],
        };

        static ConfigIssueEntry Entry(ConfigIssue issue) => new($"{issue.Path}", $"line {issue.Line}: {issue.Message}");
    }

    /// <summary>What is in force, and in OpenClaw's words what its clients look for.</summary>
    private JsonObject EffectiveConfig()
    {
        var tree = ConfigRedaction.Redact(_context.Config.Current.WithDefaults());
        var gateway = tree["gateway"]!.AsObject();
        gateway["mode"] = "local";
        gateway["auth"] = new JsonObject { ["mode"] = "token" };
        var agents = new JsonObject();
        if (DefaultModel().Name is { } model) agents["defaults"] = new JsonObject { ["model"] = new JsonObject { ["primary"] = $"{Provider}/{model}" } };
        agents["list"] = new JsonArray([.. _context.Agents.All.Select(agent => new JsonObject { ["id"] = agent.Id, ["name"] = agent.Name, ["workspace"] = agent.Workspace })]);
        tree["agents"] = agents;
        return tree;
    }

    private ConfigWritten ReplaceConfig(GatewayCall call)
    {
        var sent = ParseConfig(call);
        return WriteConfig(call, text => ConfigRedaction.Restore(sent, Parse(text), _context.Config.Current.Overrides));
    }

    private ConfigWritten PatchConfig(GatewayCall call)
    {
        var patch = ParseConfig(call).ToJson();
        if (patch.Count == 0) return new ConfigWritten(ConfigPath, "", [], EffectiveConfig()) { Noop = true };
        return WriteConfig(call, text =>
        {
            var current = Parse(text);
            return ConfigRedaction.Restore(ConfigEdit.Merge(current ?? ConfigEdit.Empty, patch), current, _context.Config.Current.Overrides);
        });
    }

    private ConfigWritten WriteConfig(GatewayCall call, Func<byte[]?, ConfigDocument> make)
    {
        var (store, hash) = (_context.Config, call.Params.OptionalText("baseHash"));
        ConfigChange change;
        try
        {
            change = store.Replace(text =>
            {
                if (hash is null && text is not null) throw GatewayException.Invalid(ConfigHashNeeded);
                var next = make(text);
                // A program that is named in the configuration is run by the gateway: that is for whoever can write to its disk.
                if (ConfigCommands.New(next, Parse(text)) is { } path)
                    throw GatewayException.Invalid($"{path} would run a program. That can only be set on the gateway's machine, with `appliance config set`.");
                return next;
            }, hash);
        }
        catch (ConfigConflictException)
        {
            throw GatewayException.Invalid("config changed since last load; re-run config.get and retry");
        }
        catch (ModelException e)
        {
            throw GatewayException.Invalid($"invalid config: {e.Message}");
        }
        var paths = change.Paths.Select(path => $"{path}").ToList();
        if (paths.Count > 0) _context.Log.Write($"{call.Principal.DeviceId ?? "the owner"} changed the configuration: {string.Join(", ", paths)}");
        return new ConfigWritten(store.Path, store.Hash, paths, EffectiveConfig()) { Noop = paths.Count == 0 ? true : null, NeedRestart = [.. change.NeedRestart.Select(path => $"{path}")] };
    }

    private static ConfigDocument ParseConfig(GatewayCall call)
    {
        try
        {
            return ConfigDocument.Parse(Encoding.UTF8.GetBytes(call.Params.LongText("raw")));
        }
        catch (ConfigSyntaxException e)
        {
            throw GatewayException.Invalid($"invalid config: {e.Message}");
        }
    }

    // A file that cannot be read has nothing to put back; it can still be replaced as a whole.
    private static ConfigDocument? Parse(byte[]? text)
    {
        try { return text is null ? null : ConfigDocument.Parse(text); }
        catch (ConfigSyntaxException) { return null; }
    }

    private static byte[] LookUpSchema(GatewayCall call)
    {
        var text = call.Params.Text("path", 1024);
        SettingPath path;
        try { path = SettingPath.Parse(text.Replace('/', '.')); }
        catch (ModelException) { throw call.Params.Fault("at /path: must match pattern"); }
        var schema = ConfigSchema.Find(path) ?? throw GatewayException.Invalid($"unknown config path: {text}");
        var children = schema.Properties.Select(p => new ConfigSchemaChild(
            p.Name, $"{path.With(p.Name)}", p.Schema.IsSecret ? "string" : p.Schema.TypeName, p.Schema.Properties.Any() || p.Schema.Entry is not null, ReloadKind(path.With(p.Name)), Hint(p.Schema)));
        return FrameWriter.Payload(new ConfigSchemaEntry($"{path}", schema.Node, ReloadKind(path), Hint(schema), [.. children]));
    }

    private static string ReloadKind(SettingPath path) => ConfigChange.NeedsRestart(path) ? "restart" : "hot";

    private static ConfigHint Hint(SettingSchema schema) => new(schema.Description, schema.IsSecret);
}

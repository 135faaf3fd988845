using System.Text;
using System.Text.Json.Nodes;
using Appliance.Config;
using Appliance.Config.Document;
using Appliance.Config.Secrets;
using Appliance.Gateway.Identity;
using Models;
using Models.Store;
using Runtime.Sessions;

namespace Appliance.Migration;

/// <summary>Takes over what there is of an OpenClaw: settings that mean the same here, workspaces with their memory files, conversations. Reads the source and never writes to it.</summary>
internal static class OpenClawMigration
{
    private const long LargestFile = 64 * 1024 * 1024;

    /// <summary>What would be taken over.</summary>
    /// <param name="source">OpenClaw's state folder, <c>~/.openclaw</c>.</param>
    /// <param name="home">Our home folder.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ModelException">There is no OpenClaw.</exception>
    public static MigrationPlan Plan(string source, string home, TimeProvider time)
    {
        if (!Directory.Exists(source)) throw new ModelException($"There is no OpenClaw in {source}. Name its state folder: `appliance migrate openclaw PATH`.");
        List<MigrationStep> steps = [];
        List<LeftBehind> leftOut = [];
        var config = ReadConfig(Path.Combine(source, "openclaw.json"), leftOut);
        steps.AddRange(Settings(config, Path.Combine(source, "openclaw.json"), home, leftOut));
        steps.AddRange(OpenClawAgents.Of(config, Path.Combine(source, "openclaw.json"), home, leftOut));
        steps.AddRange(OpenClawServers.Of(config, Path.Combine(source, "openclaw.json"), home, leftOut));
        foreach (var (agent, workspace) in Workspaces(config, source).Where(w => Directory.Exists(w.Workspace)))
            steps.AddRange(Files(workspace, Path.Combine(home, "agents", agent, "workspace"), leftOut));
        var agents = Path.Combine(source, "agents");
        foreach (var folder in (Directory.Exists(agents) ? Directory.GetDirectories(agents) : []).Order(StringComparer.Ordinal))
        {
            foreach (var (key, from, messages) in OpenClawTranscripts.Of(folder, leftOut))
                steps.Add(new MigrationStep("session", from, key) { Do = () => Take(key, messages, home, time) });
        }
        return new MigrationPlan(source, steps, leftOut);
    }

    private static JsonObject ReadConfig(string file, List<LeftBehind> leftOut)
    {
        try
        {
            return File.Exists(file) ? ConfigDocument.Parse(Encoding.UTF8.GetBytes(Json5.ToJson(File.ReadAllText(file)))).ToJson() : [];
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            leftOut.Add(new(file, $"it cannot be read: {e.Message}"));
            return [];
        }
    }

    private static IEnumerable<MigrationStep> Settings(JsonObject config, string file, string home, List<LeftBehind> leftOut)
    {
        var gateway = config["gateway"] as JsonObject;
        if (gateway?["port"] is JsonValue port && port.TryGetValue(out int number)) yield return Setting("gateway.port", number);
        var bind = Word(gateway?["bind"]) is "custom" ? Word(gateway?["customBindHost"]) : Word(gateway?["bind"]);
        if (bind is "lan") bind = "0.0.0.0";
        if (bind is not null and not ("loopback" or "auto") && SettingFormat.Check(SettingFormat.Address, bind) is not null) leftOut.Add(new("gateway.bind", $"'{bind}' has no counterpart here; this gateway binds to an address"));
        else if (bind is "auto") leftOut.Add(new("gateway.bind", "'auto' has no counterpart here; loopback is the default"));

        var token = gateway?["auth"] is JsonObject auth ? auth["token"] : null;
        var hasToken = false;
        if (token is JsonObject { } reference && Word(reference["source"]) == "env" && Word(reference["id"]) is { } variable)
        {
            hasToken = true;
            yield return Setting("gateway.token", new JsonObject { ["env"] = variable });
        }
        else if (Word(token) is ['$', '{', ..] place && SecretReference.Read(place, out _) is { Source: SecretSource.Environment })
        {
            hasToken = true;
            yield return Setting("gateway.token", place);
        }
        else if (Word(token) is { Length: >= Secret.Shortest } secret)
        {
            hasToken = true;
            yield return MigrationStep.Secret($"{file}: gateway.auth.token", "GATEWAY_TOKEN", secret, home);
            yield return Setting("gateway.token", new JsonObject { ["file"] = "secrets/GATEWAY_TOKEN" });
        }
        else if (token is not null) leftOut.Add(new("gateway.auth.token", $"it is shorter than {Secret.Shortest} characters or kept where this program does not look; the gateway makes its own"));
        if (bind is not null and not ("loopback" or "auto") && SettingFormat.Check(SettingFormat.Address, bind) is null)
        {
            if (hasToken) yield return Setting("gateway.bind", bind);
            else leftOut.Add(new("gateway.bind", $"{bind} would open this machine to the network without a strong token"));
        }
        foreach (var (path, value) in OpenClawReach.Of(config, isLoopback: bind is null or "loopback" or "auto", hasToken, leftOut)) yield return Setting(path, value);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var target in OpenClawProviders.Of(config, leftOut))
        {
            if (target.Secret is { } found && kept.Add(found.Name)) yield return MigrationStep.Secret($"{file}: models.providers: {target.Name}", found.Name, found.Value, home);
            if (target.Key is not null) target.Setting["key"] = target.Key;
            yield return Setting($"models.targets[\"{target.Name}\"]", target.Setting);
        }
        foreach (var name in config.Select(p => p.Key).Where(name => name is not ("gateway" or "$schema" or "meta" or "agents" or "models" or "mcp" or "bindings" or "discovery")))
            leftOut.Add(new(name, "this section has no counterpart that is taken over; look at `appliance config schema`"));
        if (config["agents"]?["defaults"]?["model"] is not null) leftOut.Add(new("agents.defaults.model", "the router chooses among the targets here: router.profile cloud-first puts them before models of the box"));

        MigrationStep Setting(string path, JsonNode value) => MigrationStep.Setting(file, ConfigPath.Parse(path), value, home);
    }

    private static IEnumerable<(string Agent, string Workspace)> Workspaces(JsonObject config, string source)
    {
        var agents = config["agents"] as JsonObject;
        var main = Word(agents?["defaults"]?["workspace"]) ?? Path.Combine(source, "workspace");
        yield return (SessionKey.MainAgent, Expand(main));
        foreach (var (id, entry) in agents?["entries"] as JsonObject ?? [])
        {
            if (IsName(id) && id != SessionKey.MainAgent) yield return (id, Expand(Word(entry?["workspace"]) ?? Path.Combine(source, $"workspace-{id}")));
        }
        foreach (var entry in agents?["list"] as JsonArray ?? [])
        {
            if (Word(entry?["id"]) is { } id && IsName(id) && id != SessionKey.MainAgent) yield return (id, Expand(Word(entry?["workspace"]) ?? Path.Combine(source, $"workspace-{id}")));
        }
    }

    private static IEnumerable<MigrationStep> Files(string from, string to, List<LeftBehind> leftOut)
    {
        foreach (var file in Walk(new DirectoryInfo(from), leftOut))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file.FullName));
            if (file.Length > LargestFile) leftOut.Add(new(file.FullName, $"it has {ByteSize.Format(file.Length)}"));
            else yield return new MigrationStep("workspace", file.FullName, target) { Do = () => Copy(file.FullName, target) };
        }
    }

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder, List<LeftBehind> leftOut)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            // What a link leads to may be anything on that machine.
            if (entry.LinkTarget is not null) leftOut.Add(new(entry.FullName, "it is a link"));
            else if (entry is FileInfo file) yield return file;
            else if (entry is DirectoryInfo inner && inner.Name is not (".git" or "node_modules"))
            {
                foreach (var deeper in Walk(inner, leftOut)) yield return deeper;
            }
        }
    }

    private static string? Copy(string from, string to)
    {
        if (File.Exists(to)) return File.ReadAllBytes(to).AsSpan().SequenceEqual(File.ReadAllBytes(from)) ? null : "another file is there already; left as it is";
        HomeFolder.EnsureFolder(Path.GetDirectoryName(to)!);
        DurableFile.Replace(to, File.ReadAllBytes(from));
        return null;
    }

    private static string? Take(string key, IEnumerable<SessionMessage> messages, string home, TimeProvider time)
    {
        if (!IsName(SessionKey.Agent(key)) || key.Length > SessionKey.Longest) return "its name cannot be used here; left out";
        var session = new SessionStore(Path.Combine(home, "agents", SessionKey.Agent(key), "sessions"), time).GetOrCreate(key);
        var (taken, known) = (0, 0);
        foreach (var message in messages) _ = session.Add(message) is null ? known++ : taken++;
        return known == 0 ? $"{taken} messages" : $"{taken} messages; {known} were here already";
    }

    // It becomes a folder.
    private static bool IsName(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string Expand(string path) => path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..]) : path;

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}

using System.Text.Json;
using Runtime.Agents;
using Runtime.Reflexes;
using TestKit;

namespace Runtime.Tests.Reflexes;

/// <summary>What people say, and a box with lamps and sensors that hears it.</summary>
internal sealed class ReflexSentences : IDisposable
{
    private static readonly string[] Tools = ["time", "cron", "list", "calc", "pin", "sensor", "device_status"];
    private static readonly string[] Pins = ["lamp", "kitchen light", "fan", "heater", "Lampe", "Küchenlicht", "Ventilator", "Heizung", "台灯", "客厅灯", "风扇", "暖气"];
    private static readonly string[] Sensors = ["living room", "cellar", "greenhouse", "Wohnzimmer", "Keller", "客厅", "地下室"];

    // Somebody speaks of a command and does not mean it.
    private static readonly string[] Around =
    [
        "Translate into French: {0}", "Why would anybody say \"{0}\"?", "My phone does not understand \"{0}\", what can I do?", "He said: {0}, and nothing happened.", "Write a test for the sentence: {0}",
        "What does a machine do that hears {0}?", "Yesterday somebody said {0} to me", "Übersetze ins Englische: {0}", "Warum sagt man {0}?", "Was passiert, wenn jemand {0} sagt?", "为什么有人说{0}", "怎么用英语说{0}", "我的手机听不懂{0}",
    ];

    private readonly TemporaryFolder _home = new();

    public ReflexSentences(TimeProvider? time = null)
    {
        Agents = new AgentBook(_home.Path, [], TimeProvider.System);
        Book = new ReflexBook(_home.Path, time ?? TimeProvider.System) { Names = (kind, _) => kind switch { "pin" => [.. Pins.Select(name => (name, name))], "sensor" => [.. Sensors.Select(name => (name, name))], _ => null } };
    }

    public ReflexBook Book { get; }

    public AgentBook Agents { get; }

    public Agent Agent => Agents.Default;

    public string Folder => Path.Combine(_home.Path, "agents", "main", "reflexes");

    /// <summary>Commands, and the reflex that each means.</summary>
    public static IEnumerable<(string Reflex, string Text)> Commands() => Lines("commands.txt").Select(line => line.Split('\t')).Select(parts => (parts[0], parts[1]));

    /// <summary>Sentences that are none.</summary>
    public static IReadOnlyList<string> Ordinary()
    {
        var commands = Commands().ToList();
        return
        [
            .. Lines("ordinary.txt"),
            .. commands.SelectMany((command, i) => new[] { i, i + 5 }.Select(n => Around[n % Around.Length].Replace("{0}", command.Text, StringComparison.Ordinal))),
            .. Asked(),
        ];
    }

    /// <summary>The reflex that somebody means by a text, whether or not anything waits or runs; null for none.</summary>
    public ReflexHit? Hear(string text)
    {
        var ask = new ReflexAsk(Agent, text) { HasTool = Tools.Contains };
        return Book.FindUrgent(ask) ?? Book.Find(ask);
    }

    public void Dispose() => _home.Dispose();

    private static IEnumerable<string> Lines(string name) =>
        File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Runtime.Tests", "Reflexes", name)).Where(line => line.Length > 0 && line[0] != '#');

    // What people ask of models with tools; nothing where the reference folder is absent.
    private static IEnumerable<string> Asked()
    {
        if (Shared.Find("evals", "bfcl") is not { } folder) yield break;
        foreach (var line in Directory.GetFiles(folder, "BFCL*.json").Order(StringComparer.Ordinal).SelectMany(File.ReadLines))
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.GetProperty("question")[0][0].GetProperty("content").GetString()!;
        }
    }
}

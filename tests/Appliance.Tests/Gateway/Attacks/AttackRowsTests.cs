using System.Text.Json;
using System.Text.RegularExpressions;
using TestKit;

namespace Appliance.Tests.Gateway.Attacks;

/// <summary>Every row of the reference's list of attacks has a test that names it, or is of a surface that this box does not have.</summary>
public sealed partial class AttackRowsTests
{
    // What there is no such surface for, yet; whoever builds one takes its rows out of here and writes their tests.
    private static readonly Dictionary<string, string[]> NotBuilt = new()
    {
        ["channels that are heard (Telegram, Slack, Matrix, groups)"] =
        [
            "channel-auth-01", "channel-auth-02", "channel-auth-04", "channel-auth-05", "channel-auth-06", "channel-auth-07", "channel-auth-08", "pairing-dm-01", "pairing-dm-02",
        ],
        ["web pages of our own"] = ["token-exfil-01", "xss-01"],
        ["updates of itself"] = ["update-01"],
        ["an installer of services"] = ["unit-01"],
        ["discovery in the LAN"] = ["mdns-01"],
        ["pins"] = ["gpio-01"],
    };

    [SharedFact("evals/attacks.jsonl")]
    public void EveryRow_OfASurfaceThatIsThere_IsNamedByATest()
    {
        var rows = File.ReadLines(Shared.Find("evals", "attacks.jsonl")!).Select(line => JsonElement.Parse(line).GetProperty("id").GetString()!).ToArray();
        Assert.Equal(115, rows.Length);
        var named = Named();
        var listed = NotBuilt.Values.SelectMany(ids => ids).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(rows.Except(named).Except(listed));
        Assert.Empty(listed.Except(rows));
    }

    // By the id itself in what a test is given or says of itself, or by its words at the beginning of a method's name: Ssrf01, TokenExfil02.
    private static HashSet<string> Named()
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        var own = Path.Combine(Repository.Root, "tests", "Appliance.Tests", "Gateway", "Attacks", nameof(AttackRowsTests) + ".cs");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Where(file => file != own))
        {
            var text = File.ReadAllText(file);
            foreach (Match id in Id().Matches(text)) named.Add(id.Value);
            foreach (Match method in Method().Matches(text))
            {
                foreach (Match word in Word().Matches(method.Groups[1].Value)) named.Add(Hyphen().Replace(word.Value, "-$0").TrimStart('-').ToLowerInvariant());
            }
        }
        return named;
    }

    [GeneratedRegex("[a-z][a-z-]*-[0-9]{2}")]
    private static partial Regex Id();

    [GeneratedRegex(@"(?:Task|void) ((?:[A-Z][A-Za-z]*[0-9]{2})+)_")]
    private static partial Regex Method();

    [GeneratedRegex("[A-Z][A-Za-z]*?[0-9]{2}")]
    private static partial Regex Word();

    [GeneratedRegex("[A-Z]|[0-9]{2}")]
    private static partial Regex Hyphen();
}

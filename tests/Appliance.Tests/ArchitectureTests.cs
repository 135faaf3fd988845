using System.Text.RegularExpressions;
using System.Xml.Linq;
using TestKit;

namespace Appliance.Tests;

/// <summary>The house: Appliance → Runtime → Models, arrows down only.</summary>
public sealed class ArchitectureTests
{
    // From the top floor down: a floor may use only those after it.
    private static readonly string[] Floors = ["Appliance", "Runtime", "Models"];

    private static string Source(string floor) => Path.Combine(Repository.Root, "src", floor);

    [Fact]
    public void ProjectReferences_OfEveryFloor_PointDown()
    {
        foreach (var (floor, allowed) in FloorsWithAllowed())
        {
            var project = XDocument.Load(Path.Combine(Source(floor), floor + ".csproj"));
            var references = project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));
            Assert.All(references, reference => Assert.Contains(reference, allowed));
        }
    }

    [Fact]
    public void Sources_OfEveryFloor_NameNoFloorAbove()
    {
        foreach (var (floor, allowed) in FloorsWithAllowed())
        {
            var forbidden = Floors.Except(allowed).Except([floor]).ToArray();
            if (forbidden.Length == 0) continue;
            var use = new Regex($@"^\s*(global\s+)?using\s+(static\s+)?({string.Join('|', forbidden)})\b|[^.\w]({string.Join('|', forbidden)})\.[A-Z]\w+\.", RegexOptions.Multiline);
            foreach (var file in Directory.EnumerateFiles(Source(floor), "*.cs", SearchOption.AllDirectories))
                Assert.False(use.IsMatch(File.ReadAllText(file)), $"{Path.GetRelativePath(Repository.Root, file)} names a floor above it");
        }
    }

    [Fact]
    public void Namespaces_OfEveryFile_FollowTheFolder()
    {
        foreach (var floor in Floors)
        {
            foreach (var file in Directory.EnumerateFiles(Source(floor), "*.cs", SearchOption.AllDirectories))
            {
                if (Path.GetFileName(file) is "Sequences.cs" or "OrderedSequence.cs") continue; // in none, on purpose (docs/adr/0011)
                var folder = Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(file)!).Replace('/', '.');
                var declared = Regex.Match(File.ReadAllText(file), @"^namespace\s+([\w.]+);", RegexOptions.Multiline).Groups[1].Value;
                Assert.Equal(folder, declared);
            }
        }
    }

    [Fact]
    public void Connections_OfEveryFloor_AreOpenedInOnePlace()
    {
        // A handler, an invoker or a WebSocket that is told to use the door's own; sockets that end on this machine.
        string[] known = ["Appliance/Client/GatewayTransport.cs", "Appliance/Hosting/LocalSocket.cs", "Appliance/Hosting/Service/SelfCheck.cs", "Appliance/Hosting/Service/ServiceManager.cs"];
        var opens = new Regex(@"new\s+(Socket|HttpClient|TcpClient|UdpClient|SocketsHttpHandler|HttpClientHandler|HttpMessageInvoker|ClientWebSocket|Ping|SmtpClient|QuicConnection)\b|\bClientWebSocket\b|\bWebRequest\b|\bDns\.");
        var all = Floors.SelectMany(floor => Directory.EnumerateFiles(Source(floor), "*.cs", SearchOption.AllDirectories)).Where(file => opens.IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "src"), file)).Where(file => !file.StartsWith("Models/Egress/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(known, all);
        // What stands in those goes through the door, or nowhere.
        Assert.DoesNotContain("AddressFamily.InterNetwork", string.Concat(known.Select(file => File.ReadAllText(Path.Combine(Repository.Root, "src", file)))), StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyTheTopFloor_IsAnExecutable()
    {
        Assert.Equal(["Appliance"], Floors.Where(f => File.ReadAllText(Path.Combine(Source(f), f + ".csproj")).Contains("<OutputType>Exe", StringComparison.Ordinal)));
    }

    private static IEnumerable<(string Floor, string[] Allowed)> FloorsWithAllowed() =>
        Floors.Select((floor, i) => (floor, Floors[(i + 1)..]));
}

using System.CommandLine;
using System.Text.Json;
using Appliance.Commands.Context;
using Models.Import;
using Models.Store;
using TestKit;

namespace Appliance.Tests.Commands.Context;

public sealed class ContextCommandTests
{
    [Fact]
    public void Show_EveryPieceAndTheirSum_AsATableAndAsJson()
    {
        using var home = new TemporaryFolder();
        new GgufModel { ContextLength = 8192 }.Save(home["tiny.gguf"]);
        new ModelStore(home.Path).Import(home["tiny.gguf"], "tiny", new ImportOptions());
        var folder = Directory.GetDirectories(home["models"], "*", SearchOption.AllDirectories).First(f => File.Exists(Path.Combine(f, "manifest.json")));
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), "{%- for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{%- endfor %}{%- if tools %}{{ tools | tojson }}{%- endif %}");

        using var json = JsonDocument.Parse(Run(home.Path, "show", "hello there", "--json"));
        var lines = json.RootElement.GetProperty("lines").EnumerateArray().ToDictionary(l => l.GetProperty("name").GetString()!, l => l.GetProperty("tokens").GetInt32());
        Assert.Equal(json.RootElement.GetProperty("total").GetInt32(), lines.Values.Sum());
        Assert.True(lines.ContainsKey("SOUL.md") && lines.ContainsKey("time") && lines.ContainsKey("conversation"), string.Join(' ', lines.Keys));
        Assert.Equal(8192, json.RootElement.GetProperty("window").GetInt32());
        Assert.Contains("in all", Run(home.Path, "show"), StringComparison.Ordinal);
    }

    private static string Run(string home, params string[] arguments)
    {
        var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        Assert.Equal(0, ContextCommand.Create(() => home).Parse(arguments).Invoke(configuration));
        return output.ToString();
    }
}

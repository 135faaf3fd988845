using System.CommandLine;
using System.Text.Json;
using Appliance.Commands.Monitoring;
using Models.Budget;
using Models.Import;
using Models.Store;
using TestKit;

namespace Appliance.Tests.Commands.Monitoring;

/// <summary><c>status</c> on a home of its own and a machine that is a few files.</summary>
public sealed class StatusCommandTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly TemporaryFolder _machine = new();

    public StatusCommandTests()
    {
        Write("proc/meminfo", "MemTotal: 2000000 kB\nMemAvailable: 1000000 kB\n");
        Write("proc/self/cgroup", "4:memory:/box\n");
        Write("proc/pressure/memory", "some avg10=12.50 avg60=0.00 avg300=0.00 total=1\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=1\n");
        Write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "800000000\n");
        Write("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "200000000\n");
    }

    public void Dispose()
    {
        _home.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void Status_WithoutModels_ShowsTheMachineAndSaysWhatIsMissing()
    {
        var output = Run();
        Assert.Contains($"home        {_home.Path}\nmodels      none\n", output);
        Assert.Contains("memory      1.0 GB available of 2.0 GB\nlimit       600.0 MB left of 800.0 MB (", output);
        Assert.Contains("pressure    some work waited 12.5 % of the last ten seconds, all of it 1.0 %\n", output);
        Assert.Contains("default     No model is installed.", output);
    }

    [Fact]
    public void Status_Json_HasThePlanOfTheDefaultModel()
    {
        new GgufModel().Save(_machine["tiny.gguf"]);
        new ModelStore(_home.Path).Import(_machine["tiny.gguf"], "tiny", new ImportOptions());

        using var status = JsonDocument.Parse(Run("--json"));
        Assert.Equal("tiny", status.RootElement.GetProperty("models")[0].GetString());
        Assert.Equal(600_000_000, status.RootElement.GetProperty("memory").GetProperty("room_bytes").GetInt64());
        Assert.Equal(12.5, status.RootElement.GetProperty("memory").GetProperty("pressure").GetProperty("some").GetDouble());
        Assert.Equal(512, status.RootElement.GetProperty("plan").GetProperty("context_length").GetInt32());
        Assert.False(status.RootElement.TryGetProperty("problem", out _));
        Assert.Contains("default     tiny: 512 tokens of context, 8 at once, float32 keys and values, at most ", Run());
    }

    private string Run(params string[] arguments)
    {
        var output = new StringWriter();
        var configuration = new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false };
        Assert.Equal(0, StatusCommand.Create(() => _home.Path, new MachineMemory(_machine.Path)).Parse(arguments).Invoke(configuration));
        return output.ToString();
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_machine[path])!);
        File.WriteAllText(_machine[path], text);
    }
}

using Models.Budget;
using TestKit;

namespace Models.Tests.Budget;

/// <summary>Readings of made-up machines, and of this one.</summary>
public sealed class MachineMemoryTests : IDisposable
{
    private const long MB = 1 << 20;

    private readonly TemporaryFolder _root = new();

    public MachineMemoryTests() => Write("proc/meminfo", "MemTotal:        4194304 kB\nMemFree:          100 kB\nMemAvailable:    2097152 kB\n");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Read_WithoutCgroups_HasTheMachinesMemoryAlone()
    {
        var seen = Read();
        Assert.Equal((4096 * MB, 2048 * MB), (seen.Total, seen.Available));
        Assert.Equal((4096 * MB, 2048 * MB), (seen.Capacity, seen.Room));
        Assert.Null(seen.Limit);
        Assert.Null(seen.Pressure);
    }

    [Fact]
    public void Read_V2_TakesTheTightestLimitOnTheWayToTheRoot()
    {
        Write("proc/self/cgroup", "0::/outer/inner\n");
        Write("sys/fs/cgroup/cgroup.controllers", "cpu memory\n");
        V2("outer", max: 500 * MB, used: 450 * MB, file: 50 * MB);
        V2("outer/inner", max: 800 * MB, used: 100 * MB, file: 20 * MB);

        var seen = Read();
        Assert.EndsWith("/outer", seen.Limit!.Folder, StringComparison.Ordinal);
        Assert.Equal((500 * MB, 100 * MB), (seen.Limit.Bytes, seen.Limit.Room));
        Assert.Equal((500 * MB, 100 * MB), (seen.Capacity, seen.Room));
    }

    [Fact]
    public void Read_V2_CountsMemoryHighAsALimit()
    {
        Write("proc/self/cgroup", "0::/own\n");
        Write("sys/fs/cgroup/cgroup.controllers", "memory\n");
        V2("own", max: null, used: 100 * MB, file: 0);
        Write("sys/fs/cgroup/own/memory.high", $"{300 * MB}\n");
        Assert.Equal((300 * MB, 200 * MB), (Read().Limit!.Bytes, Read().Room));
    }

    [Fact]
    public void Read_V2_WithoutLimits_HasNone()
    {
        Write("proc/self/cgroup", "0::/own\n");
        Write("sys/fs/cgroup/cgroup.controllers", "memory\n");
        V2("own", max: null, used: 100 * MB, file: 0);
        Assert.Null(Read().Limit);
    }

    [Fact]
    public void Read_V1_CountsFilePagesAsRoom()
    {
        Write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/docker/abc\n0::/\n");
        V1("docker/abc", limit: 400 * MB, used: 390 * MB, file: 90 * MB);
        V1("docker", limit: 9223372036854771712, used: 390 * MB, file: 90 * MB);
        Assert.Equal((400 * MB, 100 * MB), (Read().Capacity, Read().Room));
    }

    [Fact]
    public void Read_V1_InAContainerThatDoesNotSeeItsPath_TakesTheMount()
    {
        Write("proc/self/cgroup", "4:memory:/docker/abc\n");
        V1("", limit: 256 * MB, used: 56 * MB, file: 0);
        Assert.Equal(200 * MB, Read().Room);
    }

    [Fact]
    public void Read_V1_HierarchicalLimit_CountsWhereItIsLess()
    {
        Write("proc/self/cgroup", "4:memory:/a\n");
        V1("a", limit: 9223372036854771712, used: 100 * MB, file: 0);
        File.AppendAllText(_root["sys/fs/cgroup/memory/a/memory.stat"], $"hierarchical_memory_limit {300 * MB}\n");
        Assert.Equal((300 * MB, 200 * MB), (Read().Capacity, Read().Room));
    }

    [Fact]
    public void Read_Pressure_IsTheWorseOfMachineAndCgroup()
    {
        Write("proc/self/cgroup", "0::/own\n");
        Write("sys/fs/cgroup/cgroup.controllers", "memory\n");
        Write("proc/pressure/memory", "some avg10=3.50 avg60=1.00 avg300=0.00 total=5\nfull avg10=1.25 avg60=0.00 avg300=0.00 total=1\n");
        Write("sys/fs/cgroup/own/memory.pressure", "some avg10=22.00 avg60=1.00 avg300=0.00 total=5\nfull avg10=0.75 avg60=0.00 avg300=0.00 total=1\n");
        Assert.Equal(new MemoryPressure(22, 1.25), Read().Pressure);
    }

    [Theory]
    [InlineData("MemTotal: lots\n")]
    [InlineData("")]
    public void Read_DamagedFiles_AreLeftOut(string meminfo)
    {
        Write("proc/meminfo", meminfo);
        Write("proc/self/cgroup", "nonsense\n4:memory\n4:memory:/a\n");
        Write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "many\n");
        Write("sys/fs/cgroup/memory/a/memory.stat", "total_active_file\n\nx y\n");
        Write("proc/pressure/memory", "some avg10= total\n");
        var seen = Read();
        Assert.True(seen.Total > 0 && seen.Room > 0);
        Assert.Null(seen.Limit);
        Assert.Null(seen.Pressure);
    }

    [Fact]
    public void Here_KnowsThisMachine()
    {
        var seen = MachineMemory.Here.Read();
        Assert.True(seen.Room > 0 && seen.Available <= seen.Total);
        Assert.True(MachineMemory.PeakResident >= MachineMemory.Resident / 2);
    }

    [CgroupFact]
    public async Task Here_InACgroupOfItsOwn_SeesItsLimit()
    {
        using var cgroup = new MemoryCgroup(300 * MB);
        // A shell that shows what the kernel says of it, while it is inside.
        var (program, arguments) = cgroup.Wrap("/bin/cat", ["/proc/self/cgroup"]);
        using var cat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        Write("proc/self/cgroup", await cat.StandardOutput.ReadToEndAsync());
        await cat.WaitForExitAsync();
        Directory.CreateSymbolicLink(_root["sys"], "/sys");

        var seen = Read();
        Assert.Equal(cgroup.Folder, Path.Combine("/", Path.GetRelativePath(_root.Path, seen.Limit!.Folder)));
        Assert.InRange(seen.Limit.Bytes, 299 * MB, 300 * MB);
        Assert.InRange(seen.Room, 200 * MB, 300 * MB);
        Console.WriteLine($"figure: the limit of a real cgroup v{(cgroup.IsV2 ? 2 : 1)} of 300 MB is read as {seen.Limit.Bytes / MB} MB, {seen.Room / MB} MB of them free");
    }

    private MemorySnapshot Read() => new MachineMemory(_root.Path).Read();

    private void V2(string name, long? max, long used, long file)
    {
        Write($"sys/fs/cgroup/{name}/memory.max", max is null ? "max\n" : $"{max}\n");
        Write($"sys/fs/cgroup/{name}/memory.high", "max\n");
        Write($"sys/fs/cgroup/{name}/memory.current", $"{used}\n");
        Write($"sys/fs/cgroup/{name}/memory.stat", $"anon {used - file}\ninactive_file {file / 2}\nactive_file {file - file / 2}\n");
    }

    private void V1(string name, long limit, long used, long file)
    {
        Write($"sys/fs/cgroup/memory/{name}/memory.limit_in_bytes", $"{limit}\n");
        Write($"sys/fs/cgroup/memory/{name}/memory.usage_in_bytes", $"{used}\n");
        Write($"sys/fs/cgroup/memory/{name}/memory.stat", $"inactive_file 1\ntotal_inactive_file {file / 2}\ntotal_active_file {file - file / 2}\n");
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root[path])!);
        File.WriteAllText(_root[path], text);
    }
}

using Runtime.Hardware;
using TestKit;

namespace Runtime.Tests.Hardware;

public sealed class MachineCountersTests
{
    [Fact]
    public void Read_OfABoard_CountsItsCardsAndItsHottestSensor()
    {
        using var root = new TemporaryFolder();
        Write("proc/stat", "cpu  100 5 20 800 50 3 2 20 90 0\ncpu0 1 2 3 4\n");
        Write("proc/net/dev", "Inter-| Receive\n face |bytes\n    lo: 999 1 0 0 0 0 0 0 999 1 0 0 0 0 0 0\n  eth0: 1000 9 0 0 0 0 0 0 300 4 0 0 0 0 0 0\ndocker0:5000 1 0 0 0 0 0 0 6000 1 0 0 0 0 0 0\n");
        Directory.CreateDirectory(root["sys/class/net/eth0/device"]);
        Write("sys/class/thermal/thermal_zone0/temp", "48250\n");
        Write("sys/class/thermal/thermal_zone1/temp", "-274000\n");
        Write("sys/class/hwmon/hwmon0/temp1_input", "51000\n");
        Assert.Equal(new MachineCounters(1500, 10_000, 1000, 300, 51_000), MachineCounters.Read(root.Path));

        Directory.Delete(root["sys/class/net"], recursive: true);
        Assert.Equal((6000, 6300), (MachineCounters.Read(root.Path).ReceivedBytes, MachineCounters.Read(root.Path).SentBytes));

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root[path])!);
            File.WriteAllText(root[path], text);
        }
    }

    [Fact]
    public void Read_WhereThereIsNothing_IsNothing()
    {
        using var root = new TemporaryFolder();
        Assert.Equal(new MachineCounters(0, 0, 0, 0, null), MachineCounters.Read(root.Path));
    }

    [Fact]
    public void Read_OfThisMachine_Grows()
    {
        var before = MachineCounters.Read();
        Assert.True(before.TotalMs > before.BusyMs && before.BusyMs > 0, $"{before}");
        Assert.InRange(MachineCounters.Read().TotalMs, before.TotalMs, long.MaxValue);
    }

    [Fact]
    public void Threads_OfThisProcess_AreNamed_AndAWorkingOneCounts()
    {
        var done = false;
        var thread = new Thread(() => { while (!Volatile.Read(ref done)) Thread.SpinWait(1000); }) { Name = "odd ) (name", IsBackground = true };
        thread.Start();
        try
        {
            Assert.True(SpinWait.SpinUntil(() => ThreadTimes.Read().Any(t => t.Name == "odd ) (name" && t.CpuMs >= 50), TimeSpan.FromSeconds(60)));
        }
        finally
        {
            Volatile.Write(ref done, true);
            thread.Join();
        }
        var threads = ThreadTimes.Read();
        Assert.Equal(threads.Count, threads.Select(t => t.Id).Distinct().Count());
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Models.Egress;
using Runtime.Sandbox;
using Runtime.Sandbox.Kernel;
using TestKit;

namespace Runtime.Tests.Sandbox;

/// <summary>The kernel's lock, on a thread that ends with the test.</summary>
public sealed class NetworkLockTests
{
    [LandlockFact]
    public void Lock_WaysThatPassByTheDoor_AreAllShut() => Locked([], () =>
    {
        Assert.True(KernelLock.Look([]).IsWhole);
        var tries = KernelLock.TryOut([]);
        Assert.Equal(7, tries.Count);
        Assert.All(tries, t => Assert.True(t.IsShut, t.Way));
    });

    [LandlockFact]
    public void Lock_OpenPortAndListening_StayUsable()
    {
        using var service = Listen();
        using var other = Listen();
        Locked([Port(service)], () =>
        {
            using var own = Listen();
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port(service));
            Assert.True(client.Connected);
            Assert.True(KernelLock.Look([Port(service)]).IsWhole);
            foreach (var shut in new[] { Port(own), Port(other) })
            {
                using var second = new TcpClient();
                Assert.Equal(SocketError.AccessDenied, Assert.Throws<SocketException>(() => second.Connect(IPAddress.Loopback, shut)).SocketErrorCode);
            }
        });
    }

    [LandlockFact]
    public void Lock_Children_AreHeldToo()
    {
        using var service = Listen();
        string[] ways = [$"/dev/tcp/127.0.0.1/{Port(service)}", "/dev/udp/127.0.0.1/9"];
        Assert.All(ways, way => Assert.Equal(0, Bash(way)));
        Locked([], () => Assert.All(ways, way => Assert.NotEqual(0, Bash(way))));
    }

    [LandlockFact]
    public void Lock_Commands_RunInTheirSandboxAllTheSame() => Locked([], () =>
    {
        using var work = new TemporaryFolder();
        using var own = new TemporaryFolder();
        var output = new OutputBuffer(1000);
        using var running = new CommandSandbox(isRequired: false).Start([new SandboxProgram("/bin/sh", ["sh", "-c", "echo hello"], work.Path, [])], new SandboxFolders(work.Path, own.Path, []), new SandboxLimits(), output);
        Assert.Equal(0, running.Ended.GetAwaiter().GetResult());
    });

    [LandlockFact]
    public void Filter_WhereTheKernelTellsNoPorts_ConnectsToNothing() => Locked(null, () =>
    {
        using var service = Listen();
        using var client = new TcpClient();
        Assert.Equal(SocketError.AccessDenied, Assert.Throws<SocketException>(() => client.Connect(IPAddress.Loopback, Port(service))).SocketErrorCode);
        Assert.True(KernelLock.Look([]).IsWhole);
    });

    private static int Bash(string way)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", $"echo x > {way}"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    // Without ports: by the filter alone, as on a kernel whose Landlock is older.
    private static void Locked(int[]? ports, Action test)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (ports is not null) NetworkLock.PutOnThisThread(ports);
                else PutFilterOn();
                test();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        if (fault is not null) throw new AggregateException(fault);
    }

    private static void PutFilterOn()
    {
        using var filter = SyscallFilter.ForOffline(SyscallTable.Here!, denyConnect: true);
        filter.Prepare();
        Assert.Equal((0, 0), (Native.Control(38, 1, 0, 0, 0), filter.Restrict()));
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>A fact that needs a kernel whose Landlock knows ports.</summary>
    private sealed class LandlockFactAttribute : FactAttribute
    {
        public LandlockFactAttribute()
        {
            if (!NetworkLock.IsOffered || Landlock.Version < 4) Skip = "this kernel's Landlock knows no ports (version 4 does)";
        }
    }
}

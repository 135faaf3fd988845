using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using Appliance.Gateway.Identity;
using Appliance.Gateway.Methods.Wire;
using Appliance.Gateway.Protocol;
using Appliance.Hosting.Offline;
using Models.Budget;
using Models.Crypto;
using Models.Egress;

namespace Appliance.Gateway.Methods;

// The machine, who is connected, and the log.
internal sealed partial class GatewayMethods
{
    private IEnumerable<GatewayMethod> System =>
    [
        GatewayMethod.Of("system-presence", Scope.Read, _ => FrameWriter.Payload(_context.Hub.Presence())),
        GatewayMethod.Of("system.info", Scope.Read, _ => SystemInfoPayload()),
        GatewayMethod.Of("gateway.identity.get", Scope.Read, _ =>
        {
            var key = BoxKey.Open(_context.Home);
            return FrameWriter.Payload(to => to.Add("deviceId", key.Id).Add("publicKey", Base64Url.EncodeToString(key.PublicKey)));
        }),
        GatewayMethod.Of("logs.tail", Scope.Read, TailLog),
        GatewayMethod.Of("offline.try", Scope.Admin, _ => TryOffline()) with { IsAdvertised = false },
    ];

    private byte[] SystemInfoPayload()
    {
        var disk = new DriveInfo(Path.GetPathRoot(Path.GetFullPath(_context.Home))!);
        var memory = GC.GetGCMemoryInfo();
        return FrameWriter.Payload(
            new SystemInfo
            {
                MachineName = Environment.MachineName,
                Hostname = Environment.MachineName,
                Release = Environment.OSVersion.Version.ToString(),
                Arch = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
                OsLabel = RuntimeInformation.OSDescription,
                Port = _context.Options.Port,
                ProcessInstanceId = _context.Hub.BootId,
                UptimeMs = _context.Hub.UptimeMs,
                LoadAverage = ReadLoad(),
                MemoryTotalBytes = memory.TotalAvailableMemoryBytes,
                MemoryFreeBytes = MachineMemory.Here.Read().Available,
                ProcessMemory = ReadProcessMemory(),
                DiskTotalBytes = disk.TotalSize,
                DiskAvailableBytes = disk.AvailableFreeSpace,
                DiskPath = _context.Home,
            });
    }

    // What holds this process; nothing of it leaves the box (KernelLock).
    private byte[] TryOffline()
    {
        var (offline, ports) = (_context.Egress.Offline, OfflineLock.OpenPorts ?? []);
        var held = KernelLock.Look(ports);
        var ways = offline ? WayOut.TryOut(ports, WayOut.OwnProgram) : [];
        return FrameWriter.Payload(to => to.Add("offline", offline).Add("tcp", held.Tcp).Add("others", held.Others).Add("openPorts", [.. ports.Select(port => (double)port)])
            .Add("refused", [.. ways.Where(way => way.IsShut).Select(way => way.What)]).Add("open", (IReadOnlyList<string>)[.. ways.Where(way => !way.IsShut).Select(way => way.What)]));
    }

    private byte[] TailLog(GatewayCall call)
    {
        var limit = (int)(call.Params.OptionalNumber("limit", 1, 5000) ?? 500);
        var most = (int)(call.Params.OptionalNumber("maxBytes", 1, 1_000_000) ?? 250_000);
        var cursor = call.Params.OptionalNumber("cursor");
        if (!File.Exists(_context.Log.Path)) return FrameWriter.Payload(new LogTail(_context.Log.Path, 0, 0, [], null, null));

        using var file = new FileStream(_context.Log.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var size = file.Length;
        var reset = cursor > size;
        var from = cursor is { } known && !reset ? known : 0;
        var truncated = size - from > most;
        if (truncated) from = size - most;
        file.Seek(from, SeekOrigin.Begin);
        var bytes = new byte[size - from];
        file.ReadExactly(bytes);
        var lines = global::System.Text.Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        // The middle of a line is no line.
        if (truncated && lines.Count > 0) lines.RemoveAt(0);
        if (lines.Count > limit) lines.RemoveRange(0, lines.Count - limit);
        return FrameWriter.Payload(new LogTail(_context.Log.Path, size, size, lines, truncated ? true : null, reset ? true : null));
    }

    private static IReadOnlyList<double> ReadLoad()
    {
        try
        {
            return [.. File.ReadAllText("/proc/loadavg").Split(' ').Take(3).Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return [0, 0, 0];
        }
    }
}

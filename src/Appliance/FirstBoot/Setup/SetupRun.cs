using System.Net;
using System.Net.Sockets;
using Appliance.FirstBoot.Applying;
using Models.Egress;

namespace Appliance.FirstBoot.Setup;

/// <summary>A box that was told nothing: opens its access point, serves the setup page in it, and starts anew with the answers.</summary>
/// <param name="boot">The boot partition.</param>
/// <param name="files">The box.</param>
/// <param name="say">Hears what a person should know; never the key.</param>
internal sealed class SetupRun(BootPartition boot, BoxFiles files, Action<string> say)
{
    private static readonly TimeSpan RadioPatience = TimeSpan.FromSeconds(30), AddressPatience = TimeSpan.FromSeconds(30), ReadingTime = TimeSpan.FromMinutes(10);

    /// <summary>Does it. Ends when the answers are on the disk and the person has seen the token, or at once where there is no radio, or nothing to ask.</summary>
    /// <returns>True where the box has to start anew.</returns>
    /// <exception cref="FirstBootException">The radio cannot be used.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var state = new FirstBootState(files);
        if (state.IsSetUp)
        {
            say("This box is set up.");
            return false;
        }
        if (await FindRadioAsync(cancellation) is not { } device)
        {
            say($"There is no radio here, so nobody can be asked: write {BootPartition.SettingsName} on the boot partition.");
            return false;
        }
        var point = AccessPoint.Of(files);
        using var radio = await SetupRadio.OpenAsync(device, point, files, cancellation);
        var address = AccessPointFiles.Address;
        var options = new SetupOptions(address, files.At("/usr/share/zoneinfo"), state.Take) { Device = device, Networks = radio.Networks, ZoneNames = ZoneNames() };
        await using var server = await WithPatienceAsync(() => SetupServer.StartAsync(options, cancellation), cancellation);
        using var dns = await WithPatienceAsync(() => Task.FromResult(UdpResponder.Bind(new IPEndPoint(address, 53), device)), cancellation);
        using var serving = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answering = dns.ServeAsync(packet => CaptiveDns.Answer(packet.Span, address), serving.Token);
        SetupLabel.Show(boot, files, point, server.Address, say);
        await ShowAgainAsync(cancellation);
        say($"Wi-Fi {point.Ssid} is open for setup; its key is on the screen and in {SetupLabel.TextName} on the boot partition.");

        // Whoever walks away with the answers saved has the box go on without them.
        while (!server.Finished.IsCompleted)
        {
            var wasTaken = server.IsTaken;
            if (await Task.WhenAny(server.Finished, Task.Delay(ReadingTime, cancellation)) != server.Finished)
            {
                cancellation.ThrowIfCancellationRequested();
                if (wasTaken) break;
            }
        }
        await serving.CancelAsync();
        await answering;
        return true;
    }

    // Where nobody logs in on a screen there is nobody to tell.
    private static async Task ShowAgainAsync(CancellationToken cancellation)
    {
        try { await SystemProgram.RunAsync(TimeSpan.FromSeconds(10), ["agetty", "--reload"], cancellation); }
        catch (FirstBootException) { }
    }

    private static async Task<string?> FindRadioAsync(CancellationToken cancellation)
    {
        for (var until = DateTime.UtcNow + RadioPatience; ; await Task.Delay(TimeSpan.FromSeconds(1), cancellation))
            if (SetupRadio.Find() is { } device || DateTime.UtcNow > until) return SetupRadio.Find();
    }

    // networkd gives the device its address in a while.
    private static async Task<T> WithPatienceAsync<T>(Func<Task<T>> bind, CancellationToken cancellation)
    {
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(300), cancellation))
        {
            try
            {
                return await bind();
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                if (waited.Elapsed > AddressPatience) throw new FirstBootException($"The setup page cannot be served on {AccessPointFiles.Address}: {e.Message}", e);
            }
        }
    }

    // zone1970.tab: code, coordinates, name, comment (tz database).
    private List<string> ZoneNames() =>
        [.. files.Read("/usr/share/zoneinfo/zone1970.tab").Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split('\t')).Where(fields => fields.Length > 2).Select(fields => fields[2].Trim()).Order(StringComparer.Ordinal)];
}

using Appliance.Client;
using Appliance.Config;
using Appliance.Gateway.Identity;
using Appliance.Hosting;
using Appliance.Hosting.Offline;
using Models;
using Models.Egress;
using Runtime.Sandbox;

namespace Appliance.Commands.Offline;

/// <summary>
/// What the kernel keeps shut: for the gateway of this home where one runs, which tries it itself; otherwise for a thread of this program that
/// is locked as a gateway would be. Immutable.
/// </summary>
/// <param name="Whose">Who was held.</param>
/// <param name="Lock">What is shut.</param>
/// <param name="OpenPorts">TCP ports that are not.</param>
/// <param name="Tries">What was tried.</param>
internal sealed record KernelProof(string Whose, KernelLock Lock, IReadOnlyList<int> OpenPorts, IReadOnlyList<WayOut> Tries)
{
    /// <summary>Nothing was looked at.</summary>
    public static KernelProof None { get; } = new("the gateway", new KernelLock(false, false), [], []);

    /// <summary>Whether the gateway is in offline mode; null where none runs.</summary>
    public bool? GatewayIsOffline { get; private init; }

    /// <summary>Tries it.</summary>
    public static async Task<KernelProof> MakeAsync(string home, CancellationToken cancellation)
    {
        if (!File.Exists(LocalSocket.PathIn(home))) return OfThisProgram(home);
        try
        {
            await using var client = await GatewayClient.ConnectAsync(GatewayTarget.Find(home, null, null), [Scope.Admin], cancellation);
            var answer = await client.RequestAsync("offline.try", cancellation: cancellation);
            WayOut[] tries = [.. answer.Texts("refused").Select(way => new WayOut($"the gateway: {way}", true)), .. answer.Texts("open").Select(way => new WayOut($"the gateway: {way}", false))];
            var ports = answer.GetProperty("openPorts").EnumerateArray().Select(port => port.GetInt32()).ToList();
            return new("the gateway", new KernelLock(answer.Flag("tcp"), answer.Flag("others")), ports, tries) { GatewayIsOffline = answer.Flag("offline") };
        }
        catch (GatewayClientException e) when (e.Code == GatewayClientException.NotRunning)
        {
            return OfThisProgram(home);
        }
    }

    private static KernelProof OfThisProgram(string home)
    {
        if (!NetworkLock.IsOffered) return None;
        using var config = ConfigStore.Open(home);
        var ports = OfflineLock.PortsHere(config.Current.Effective);
        var proof = None;
        // The lock is the thread's, and goes with it.
        var locked = new Thread(() =>
        {
            try
            {
                NetworkLock.PutOnThisThread(ports);
                proof = new("a program that is locked as the gateway would be", KernelLock.Look(ports), ports, WayOut.TryOut(ports, WayOut.OwnProgram));
            }
            catch (ModelException)
            {
                // The kernel refuses: nothing is in force.
            }
        });
        locked.Start();
        locked.Join();
        return proof;
    }
}

using Appliance.FirstBoot.Applying;
using Appliance.FirstBoot.Setup;
using Models.Store;

namespace Appliance.FirstBoot;

/// <summary>What waits for a network: joining a tailnet, pulling a model. Each is done once, and tried again until then.</summary>
/// <param name="files">The box.</param>
/// <param name="say">Hears what was done.</param>
internal sealed class FirstBootOnline(BoxFiles files, Action<string> say)
{
    private static readonly TimeSpan Joining = TimeSpan.FromMinutes(5), Pulling = TimeSpan.FromHours(12);

    /// <summary>Does all there is.</summary>
    /// <exception cref="FirstBootException">Something failed, which is tried again when this is run again; what was done is not.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var own = Environment.ProcessPath!;
        var faults = new List<string>();
        if (File.Exists(files.At(FirstBootState.TailscaleKey)))
            await TryAsync(FirstBootState.TailscaleKey, "joined the tailnet", Joining, [own, "network", "tailscale", "up", "--authkey-file", files.At(FirstBootState.TailscaleKey)]);
        // As the service's user, whose home models are in; runuser(1) with -u starts a program and no shell.
        if (files.Read(FirstBootState.Model).Trim() is { Length: > 0 } model)
            await TryAsync(FirstBootState.Model, $"pulled {model}", Pulling, ["runuser", "-u", ServiceUser.Name, "--", own, "models", "pull", model], ("HOME", Path.GetDirectoryName(FirstBootPlan.Home)!));
        if (faults.Count > 0) throw new FirstBootException(string.Join("\n", faults));

        async Task TryAsync(string waiting, string done, TimeSpan patience, string[] command, params (string, string)[] environment)
        {
            try
            {
                await SystemProgram.RunAsync(patience, command, cancellation, environment);
                File.Delete(files.At(waiting));
                Disk.SyncFolder(files.At(FirstBootState.Folder));
                say(done);
            }
            catch (FirstBootException e)
            {
                faults.Add(e.Message);
            }
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using Appliance.FirstBoot.Setup;
using Appliance.Update.Manifests;
using Appliance.Update.Slots;
using Appliance.Update.Sources;
using Models.Store;

namespace Appliance.Update.Images;

/// <summary>A whole root file system, for a box whose disk has two slots for it: checked here, written by the image's own program.</summary>
/// <param name="program">What writes it to the slot that is not running (docs/update.md).</param>
internal sealed class ImageSlot(string program = ImageSlot.Program)
{
    /// <summary>Where an image has it.</summary>
    public const string Program = "/usr/lib/appliance/image-slot";

    /// <summary>True on a box that is updated as a whole.</summary>
    public bool IsHere => File.Exists(program);

    /// <summary>What is in the slots, by the names of <c>image-slot status</c>: loader, slot, version, state (good, trial, last-trial, failed, empty), and other… of the other one.</summary>
    /// <param name="patience">How long it may take.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Models.ModelException">It does not say.</exception>
    public async Task<Func<string, string>> StatusAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var lines = (await SystemProgram.RunAsync(patience, [program, "status"], cancellation)).Split('\n');
        return name => lines.FirstOrDefault(line => line.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "unknown";
    }

    /// <summary>Brings the files of this processor here, checks them, and has them written; they are tried at the next boot.</summary>
    /// <exception cref="Models.ModelException">They cannot be had, are not what was signed, or cannot be written; the running slot is as it was.</exception>
    public async Task ApplyAsync(SlotFolder slots, UpdateSource source, UpdateManifest manifest, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        List<UpdateFile> files = [.. ((string[])["root", "kernel", "initrd"]).SelectMany(role => manifest.Of(role, Updater.Rid))];
        var folder = slots.FileFor("image");
        try
        {
            Directory.CreateDirectory(folder);
            if (Disk.FreeSpace(folder) is var free && free < files.Sum(file => file.Size))
                throw new UpdateException($"The disk is too full: the image needs {ByteSize.Format(files.Sum(file => file.Size))} and {ByteSize.Format(free)} are free under {folder}. Nothing was changed.");
            foreach (var file in files) await source.FetchAsync(file.Name, file.Size, file.Sha256, Path.Combine(folder, file.Role), progress, cancellation);
            using var process = Process.Start(new ProcessStartInfo(program, [manifest.Version, folder]) { RedirectStandardError = true })!;
            var said = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0) throw new UpdateException($"The image was not written: {said.Trim().Split('\n')[^1]}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new UpdateException($"The image was not written: {e.Message}", e);
        }
        finally
        {
            // What a person stopped is gone on with.
            if (!cancellation.IsCancellationRequested) Disk.Delete(folder);
        }
    }
}

using System.Runtime.InteropServices;
using Appliance.Update.Images;
using Appliance.Update.Manifests;
using Appliance.Update.Slots;
using Appliance.Update.Sources;
using Models;
using Models.Store;

namespace Appliance.Update;

/// <summary>
/// The room's door: looks at a release, and puts it where it is tried at the next start. All of it is here and checked before anything is changed;
/// from then on the decision is the service manager's (docs/update.md).
/// </summary>
/// <param name="slots">Where versions lie.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Hears, in one sentence for a person, what is not as usual.</param>
/// <param name="progress">How far what is fetched is, or null.</param>
internal sealed class Updater(SlotFolder slots, TimeProvider time, Action<string> tell, IProgress<PullProgress>? progress)
{
    private const long Spare = 32 << 20;

    /// <summary>This machine's kind of processor, as manifests name it.</summary>
    public static string Rid { get; } = $"{(OperatingSystem.IsWindows() ? "win" : "linux")}-{(RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";

    /// <summary>Where this program's image is written; on a box that has it, whole images are taken and single programs are not.</summary>
    public ImageSlot Image { get; init; } = new();

    /// <summary>Looks at a release.</summary>
    /// <param name="source">Where it lies.</param>
    /// <param name="channel">The channel it has to be of; null where its owner brought it.</param>
    /// <param name="again">True where one that was tried before and went back is meant.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ModelException">It cannot be had, or its signature is not right.</exception>
    public async Task<UpdateOffer> LookAsync(UpdateSource source, string? channel, bool again, CancellationToken cancellation)
    {
        var (text, signature) = await source.ReadManifestAsync(cancellation);
        var manifest = ManifestReader.Read(text, signature, UpdateSettings.Read(slots).TrustedKeys);
        var isHere = manifest.Kind != UpdateKind.Image && manifest.Release == Installed;
        var refusal = Refusal(manifest, channel, again) ?? (isHere ? null : OfThisBox(manifest));
        return new UpdateOffer(manifest, refusal is null && (!isHere || manifest.Kind == UpdateKind.Bundle), refusal);
    }

    /// <summary>Brings the program of a release here, and has it tried from the next start on.</summary>
    /// <returns>True where it is tried; false where the release has no other program than the one that is here.</returns>
    /// <exception cref="ModelException">It cannot be had, is not what was signed, or does not run on this machine; nothing was changed.</exception>
    public async Task<bool> ApplyProgramAsync(UpdateSource source, UpdateManifest manifest, CancellationToken cancellation)
    {
        if (manifest.Release == Installed || manifest.Of("program", Rid).FirstOrDefault() is not { } file) return false;
        if (slots.IsPending) throw new UpdateException($"Version {slots.ProgramOf(slots.Current)?.Version} is being tried. Wait until it has proved itself, or say `appliance update rollback`.");
        try
        {
            var whole = slots.FileFor($"{file.Sha256}.part");
            foreach (var left in Directory.EnumerateFiles(Path.GetDirectoryName(whole)!).Where(left => !Path.GetFileName(left).StartsWith(file.Sha256, StringComparison.Ordinal))) File.Delete(left);
            var here = new FileInfo(whole) is { Exists: true } part ? part.Length : 0;
            if (Disk.FreeSpace(slots.Path) is var free && free < file.Size - here + Spare)
                throw new UpdateException($"The disk is too full: the new version needs {ByteSize.Format(file.Size - here + Spare)} and {ByteSize.Format(free)} are free under {slots.Path}. Nothing was changed.");
            if (!await DeltaAsync(source, file, whole, cancellation)) await source.FetchAsync(file.Name, file.Size, file.Sha256, whole, progress, cancellation);
            var ready = slots.FileFor($"{file.Sha256}.ready");
            File.Move(whole, ready, overwrite: true);
            await ProgramTest.RunAsync(ready, cancellation);
            var slot = slots.Place(ready, new SlotProgram(manifest.Version, manifest.Release, file.Sha256));
            slots.Try(slot, time.GetUtcNow());
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"Cannot write to {slots.Path}: {e.Message}{(e is UnauthorizedAccessException ? " For the service of the machine, say it with sudo." : "")}", e);
        }
    }

    /// <summary>Compares every file of a release that this box would take with its manifest, and changes nothing.</summary>
    /// <exception cref="ModelException">One is not what was signed.</exception>
    public async Task CompareAsync(UpdateSource source, UpdateManifest manifest, CancellationToken cancellation)
    {
        foreach (var file in manifest.Files.Where(file => file.Rid is null || file.Rid == Rid)) await source.FetchAsync(file.Name, file.Size, file.Sha256, null, progress, cancellation);
    }

    private long Installed => slots.ProgramOf(slots.Current)?.Release ?? 0;

    private string? Refusal(UpdateManifest manifest, string? channel, bool again)
    {
        var now = time.GetUtcNow();
        if (channel is not null && manifest.Channel != channel) return $"It is of the channel {manifest.Channel}, and {channel} was asked for.";
        if (now > manifest.Expires) return $"It has expired on {manifest.Expires:yyyy-MM-dd}: whoever sends it holds newer ones back, or this machine's clock is wrong.";
        if (now < manifest.Created - TimeSpan.FromDays(1)) return $"It is of {manifest.Created:yyyy-MM-dd}, and this machine believes that it is {now:yyyy-MM-dd}: set the clock.";
        if (manifest.Release < slots.Floor) return $"It is release {manifest.Release}, and this box has had {slots.Floor}: an older one is not taken. `appliance update rollback` goes back to the version before.";
        if (manifest.From > Installed && manifest.Kind != UpdateKind.Image) return $"It needs release {manifest.From} before it, and this box has {Installed}. Take that one first.";
        return !again && slots is { Outcome: TryOutcome.WentBack, Last: { Why: { } why } last } && last.Program.Release == manifest.Release
            ? $"Version {manifest.Version} was tried on {last.At:yyyy-MM-dd} and went back: {why}. With --again it is tried once more." : null;
    }

    private string? OfThisBox(UpdateManifest manifest) => (manifest.Kind, Image.IsHere) switch
    {
        (UpdateKind.Image, false) => "It is an image, and this box is not updated as a whole: it needs a release of kind binary.",
        (UpdateKind.Image, true) => manifest.Of("root", Rid).Any() ? null : $"It has no image for {Rid}.",
        (UpdateKind.Binary, true) => "This box is updated as a whole: it needs a release of kind image.",
        (UpdateKind.Binary, false) => manifest.Of("program", Rid).Any() ? null : $"It has no program for {Rid}.",
        _ => null,
    };

    private async Task<bool> DeltaAsync(UpdateSource source, UpdateFile file, string target, CancellationToken cancellation)
    {
        if (file.Deltas.Count == 0 || File.Exists(target) || (slots.FileOf(slots.Current) ?? SlotStart.Base ?? Environment.ProcessPath) is not { } old) return false;
        try
        {
            await using var from = File.OpenRead(old);
            var hash = Disk.Hash(from, cancellation);
            if (file.Deltas.FirstOrDefault(delta => delta.From == hash) is not { } delta) return false;
            var patch = slots.FileFor($"{file.Sha256}.delta");
            await source.FetchAsync(delta.Name, delta.Size, delta.Sha256, patch, progress, cancellation);
            var made = slots.FileFor($"{file.Sha256}.made");
            try
            {
                await using (var input = File.OpenRead(patch))
                await using (var output = new FileStream(made, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
                    Deltas.DeltaPatch.Apply(from, input, output, file.Size, done => progress?.Report(new("putting it together", done, file.Size)), cancellation);
                if (Disk.SyncAndHash(made, cancellation).Sha256 != file.Sha256) throw new InvalidDataException("what came out is not the new version");
                File.Move(made, target);
                return true;
            }
            finally
            {
                File.Delete(patch);
                File.Delete(made);
            }
        }
        catch (Exception e) when (e is InvalidDataException or ModelException or IOException)
        {
            tell($"The short way did not work ({e.Message}); the whole file is fetched.");
            return false;
        }
    }
}

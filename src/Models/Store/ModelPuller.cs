using System.Security.Cryptography;
using System.Text;
using Models.Catalogue;
using Models.Egress;
using Models.Import;

namespace Models.Store;

/// <summary>
/// Fetches models and installs them. A download lies under <c>downloads/</c> until it is imported; one that was broken off is continued
/// by the next pull of the same reference. Safe for several threads and processes: two pulls of the same reference do not meet.
/// </summary>
public sealed class ModelPuller
{
    private const int MaxFiles = 1000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(14);

    private readonly ModelStore _store;
    private readonly EgressDoor _door;
    private readonly PullHosts _hosts;
    private readonly DownloadLimits _limits;
    private readonly string _downloads;

    /// <summary>Pulls into a store, through a door.</summary>
    /// <exception cref="StoreException">HF_ENDPOINT or OLLAMA_REGISTRY does not hold an address.</exception>
    public ModelPuller(ModelStore store, EgressDoor door) : this(store, door, PullHosts.FromEnvironment(), new DownloadLimits()) { }

    internal ModelPuller(ModelStore store, EgressDoor door, PullHosts hosts, DownloadLimits limits)
    {
        (_store, _door, _hosts, _limits) = (store, door, hosts, limits);
        _downloads = Path.Combine(store.Home, "downloads");
    }

    /// <summary>Fetches a model, checks it, imports it, and installs it in place of a model of that name if there is one.</summary>
    /// <param name="reference">
    /// A name of the catalogue, <c>hf:OWNER/REPO[:FILE]</c>, <c>ollama:NAME[:TAG]</c>, <c>https://…</c> (with <c>#sha256=HEX</c> to have it checked), or a local path.
    /// </param>
    /// <param name="name">The name to install it by; null takes one from the reference.</param>
    /// <param name="options">How to pull and import.</param>
    /// <param name="cancellation">Stops it; what was fetched so far is kept for the next time, an older model of that name stays.</param>
    /// <exception cref="StoreException">The reference is not one, the source refused or is damaged, the disk is full.</exception>
    /// <exception cref="EgressException">The owner's rules do not allow the connection.</exception>
    /// <exception cref="ImportException">What was fetched cannot be imported; it is removed.</exception>
    public async Task<InstallResult> PullAsync(string reference, string? name, PullOptions options, CancellationToken cancellation = default)
    {
        if (name is not null) ModelName.Check(name);
        if (!Path.Exists(reference) && ModelCatalogue.Find(reference) is { } known) (reference, name) = (known.Source, name ?? known.Name);
        using var client = _door.CreateHttpClient();
        var limits = _limits with { Notice = options.Notice };
        var colon = reference.IndexOf(':');
        var kind = colon < 0 ? "" : reference[..colon];
        PullPlan plan;
        if (kind == "hf") plan = await new HuggingFace(client, _hosts, limits).PlanAsync(reference[3..], cancellation);
        else if (kind == "ollama") plan = await new OllamaRegistry(client, _hosts, limits).PlanAsync(reference[7..], cancellation);
        else if (kind is "https" or "http") (plan, reference) = PlanAddress(reference);
        else if (Path.Exists(reference)) return await Task.Run(() => _store.Import(reference, name, options.Import, cancellation), cancellation);
        else
        {
            throw new StoreException(
                $"There is no file or folder '{reference}'. To fetch a model write hf:OWNER/REPO, ollama:NAME, an https:// address, or a name that `appliance models recommend` lists.");
        }

        try
        {
            return await FetchAndInstallAsync(new Downloader(client, limits), plan, reference, name ?? plan.DefaultName, options, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot pull '{reference}': {e.Message}", e);
        }
    }

    private async Task<InstallResult> FetchAndInstallAsync(
        Downloader downloader, PullPlan plan, string reference, string name, PullOptions options, CancellationToken cancellation)
    {
        if (plan.Files.Count > MaxFiles) throw new StoreException($"'{reference}' has {plan.Files.Count:N0} files; that is no model.");
        var folder = HomeFolder.EnsureFolder(Path.Combine(_downloads, Key(plan)));
        using var held = Disk.TryLock(Path.Combine(folder, "lock"))
            ?? throw new StoreException($"'{reference}' is being pulled already, by another process. Wait for it, or stop it first.");
        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        RemoveForgotten();

        var files = HomeFolder.EnsureFolder(Path.Combine(folder, "files"));
        RequireSpace(plan, folder);
        var download = await FetchAsync(downloader, plan, folder, options.Progress, cancellation);
        try
        {
            var source = plan.Files is [var only] ? Path.Combine(files, only.Name) : files;
            var installed = await Task.Run(() => _store.Install(source, reference, name, options.Import, cancellation, plan.License), cancellation);
            Disk.Delete(folder);
            return installed with { Download = download };
        }
        catch (ImportException)
        {
            Disk.Delete(folder);
            throw;
        }
    }

    private async Task<Download?> FetchAsync(Downloader downloader, PullPlan plan, string folder, IProgress<PullProgress>? progress, CancellationToken cancellation)
    {
        var sum = plan.Files.All(file => file.Size is not null) ? plan.Files.Sum(file => file.Size) : null;
        long before = 0;
        Download? last = null;
        foreach (var file in plan.Files)
        {
            var (part, whole) = (Path.Combine(folder, file.Name + ".part"), Path.Combine(folder, "files", file.Name));
            // A file that was whole the last time is moved back, to be checked and counted like any other.
            if (File.Exists(whole)) File.Move(whole, part, overwrite: true);
            last = await downloader.FetchAsync(file, part, Report, cancellation);
            File.Move(part, whole);
            Disk.SyncFolder(Path.Combine(folder, "files"));
            before += new FileInfo(whole).Length;

            void Report(long done, long? total) => progress?.Report(new(file.Name, before + done, sum ?? (plan.Files.Count == 1 ? total : null)));
        }
        return plan.Files.Count == 1 ? last : null;
    }

    /// <summary>Refuses to begin what cannot end: the rest of the download, and beside it a model of at least an eighth of its size (float32 to int4).</summary>
    private static void RequireSpace(PullPlan plan, string folder)
    {
        var total = plan.Files.Sum(file => file.Size ?? 0);
        var have = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        var (needs, free) = (total - have + (total / 8), Disk.FreeSpace(folder));
        if (needs <= free) return;
        throw new StoreException(
            $"The disk is too full: '{plan.DefaultName}' needs at least {ByteSize.Format(needs)} more for the download and the model, and " +
            $"{ByteSize.Format(free)} are free under {folder}. Nothing was fetched. Free some space, or set APPLIANCE_HOME to a larger disk.");
    }

    /// <summary>Removes downloads nobody came back for.</summary>
    private void RemoveForgotten()
    {
        foreach (var folder in Directory.GetDirectories(_downloads))
        {
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) < Forgotten) continue;
            using var unused = Disk.TryLock(Path.Combine(folder, "lock"));
            if (unused is not null) Disk.Delete(folder);
        }
    }

    private static (PullPlan Plan, string Shown) PlanAddress(string reference)
    {
        if (!Uri.TryCreate(reference, UriKind.Absolute, out var address) || address.Host.Length == 0)
            throw new StoreException("This is not a valid address.");
        if (address.UserInfo.Length > 0)
            throw new StoreException($"{EgressPolicy.Redact(address)} holds a user name or password; those are not sent. Fetch the file yourself and import it.");
        const string prefix = "#sha256=";
        string? sha256 = null;
        if (address.Fragment.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            sha256 = Downloader.Sha256OrNull(address.Fragment[prefix.Length..])
                ?? throw new StoreException("What follows #sha256= must be 64 hexadecimal digits.");
        }
        var last = Uri.UnescapeDataString(address.Segments[^1].TrimEnd('/'));
        var file = new RemoteFile(RemoteFile.LocalName(last), address, null, sha256);
        return (new PullPlan(ModelName.FromPath(last), [file]), EgressPolicy.Redact(address));
    }

    /// <summary>A folder name that is the same for the same files at the same addresses and for nothing else.</summary>
    private static string Key(PullPlan plan)
    {
        var addresses = string.Join('\n', plan.Files.Select(file => file.Address.AbsoluteUri));
        return $"{plan.DefaultName.Replace(':', '-')[..Math.Min(plan.DefaultName.Length, 64)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(addresses)))[..16]}";
    }
}

using System.Globalization;
using System.Text.Json;
using Models.Embedding;
using Models.Import;

namespace Models.Store;

/// <summary>The installed models under one home folder. Safe for several threads and several processes at once.</summary>
/// <remarks>
/// A model lies in <c>models/NAME/GENERATION/</c>. Installing makes the next generation in <c>models/.staging</c>, forces it to the disk
/// and moves it into place by one rename; the highest generation counts, and lower ones are removed afterwards. So whenever the process
/// or the power dies, there is the old model or the new one, whole, and never neither.
/// </remarks>
public sealed class ModelStore
{
    /// <summary>Names the model that is used when none is asked for.</summary>
    public const string DefaultVariable = "APPLIANCE_MODEL";

    private const string Latest = ":latest";
    private readonly string _models;
    private readonly Func<string, string, ImportOptions, CancellationToken, ImportReport> _import;

    /// <summary>The store of a home folder, which need not exist yet.</summary>
    public ModelStore(string home) : this(home, ModelImporter.Import) { }

    internal ModelStore(string home, Func<string, string, ImportOptions, CancellationToken, ImportReport> import)
    {
        Home = Path.GetFullPath(home);
        _models = Path.Combine(Home, "models");
        _import = import;
    }

    /// <summary>Full path of the home folder.</summary>
    public string Home { get; }

    /// <summary>The model that is used when none is asked for and <c>APPLIANCE_MODEL</c> names none; null leaves it to what is installed.</summary>
    public string? DefaultName { get; set; }

    /// <summary>The model that is part of the program; null where there is none.</summary>
    public BuiltInModel? BuiltIn { get; init; } = BuiltInModel.Here;

    private string StagingRoot => Path.Combine(_models, ".staging");

    /// <summary>
    /// Every model, in name order, the built-in one among them (its folder may not be there yet). One whose manifest is damaged is left out;
    /// <see cref="Verify"/> names it.
    /// </summary>
    /// <exception cref="StoreException">The folder they are in cannot be read.</exception>
    public IReadOnlyList<InstalledModel> List()
    {
        var models = new List<InstalledModel>();
        foreach (var name in Names())
        {
            try
            {
                if ((IsBuiltIn(name) ? BuiltIn!.ToShow(Home) : Read(name)) is { } model) models.Add(model);
            }
            catch (StoreException) { }
        }
        return models;
    }

    /// <summary>The names of every model, damaged ones too, in order.</summary>
    /// <exception cref="StoreException">The folder they are in cannot be read.</exception>
    public IReadOnlyList<string> Names()
    {
        List<string> names = [];
        try
        {
            names.AddRange(Directory.EnumerateDirectories(_models).Select(folder => Path.GetFileName(folder)!).Where(name => ModelName.IsValid(name) && !IsBuiltIn(name) && IsInstalled(name)));
        }
        catch (DirectoryNotFoundException) { }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder of the models cannot be read: {e.Message} Give it back to the user that the program runs as.", e);
        }
        if (BuiltIn is not null) names.Add(BuiltInModel.Name);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>
    /// The model of that name, or null. As Ollama's clients add or leave out the tag <c>:latest</c> at will, the name with and without it
    /// is the same where only one of the two is installed.
    /// </summary>
    /// <exception cref="StoreException">The model is there but its manifest cannot be read.</exception>
    public InstalledModel? Find(string name)
    {
        if (!ModelName.IsValid(name)) return null;
        if (IsBuiltIn(name)) return BuiltIn!.In(Home);
        if (Read(name) is { } model) return model;
        return Read(name.EndsWith(Latest, StringComparison.Ordinal) ? name[..^Latest.Length] : name + Latest);
    }

    /// <summary>
    /// The model of that name. Null asks for the default: the one <c>APPLIANCE_MODEL</c> names, then <see cref="DefaultName"/>, otherwise the
    /// one installed last that answers, and where none is the built-in one.
    /// </summary>
    /// <exception cref="StoreException">There is none; the message says what is installed or how to get one.</exception>
    public InstalledModel Get(string? name)
    {
        name ??= Environment.GetEnvironmentVariable(DefaultVariable) is { Length: > 0 } chosen ? chosen : DefaultName;
        var model = name is null ? Newest(ModelKind.Decoder) ?? BuiltIn?.In(Home) : Find(name);
        if (model is not null) return model;
        var installed = string.Join(", ", List().Select(m => m.Manifest.Name));
        throw new StoreException(
            (name is null ? $"No model {(installed.Length > 0 ? "that answers " : "")}is installed." : $"No model named '{name}' is installed.") +
            (installed.Length > 0 ? $" Installed: {installed}."
                : " Get one with `appliance models pull hf:OWNER/REPO` or `appliance models import FILE`."))
        { IsNotFound = true };
    }

    /// <summary>True where something answers: a model that was installed, or the built-in one.</summary>
    /// <exception cref="StoreException">The folder they are in cannot be read.</exception>
    public bool HasAny => BuiltIn is not null || Newest(ModelKind.Decoder) is not null;

    /// <summary>The model of a kind that was installed last, or null; the built-in one was not.</summary>
    public InstalledModel? Newest(ModelKind kind) => List().Where(m => m.Manifest.Kind == kind && !IsBuiltIn(m.Manifest.Name)).MaxBy(m => m.Manifest.InstalledAt);

    /// <summary>Imports a file or folder (see <see cref="ModelImporter"/>) and installs it, in place of a model of that name if there is one.</summary>
    /// <param name="source">Path of the file or folder.</param>
    /// <param name="name">The name to install it by; null takes the file's or folder's.</param>
    /// <param name="options">How to import.</param>
    /// <param name="cancellation">Stops it and removes what was made so far; an older model of that name stays.</param>
    /// <exception cref="StoreException">The source is not there, the name is not valid, the disk is full or cannot be written.</exception>
    /// <exception cref="ImportException">The source cannot be imported.</exception>
    public InstallResult Import(string source, string? name, ImportOptions options, CancellationToken cancellation = default)
    {
        if (!Path.Exists(source)) throw new StoreException($"There is no file or folder '{source}'.");
        var path = Path.GetFullPath(source);
        return Install(path, source, name is null ? ModelName.FromPath(path) : ModelName.Check(name), options, cancellation);
    }

    /// <summary>Removes a model.</summary>
    /// <exception cref="StoreException">There is none of that name, or its files cannot be removed.</exception>
    public void Remove(string name)
    {
        if (IsBuiltIn(name)) throw new StoreException($"'{name}' is part of the program and cannot be removed. It takes no memory while it is not used.");
        if (!Names().Contains(name)) name = Get(name).Manifest.Name;
        try
        {
            using var held = Lock(CancellationToken.None);
            // Out of sight by one rename, then away. No staging folder of its own: on a full disk none could be made.
            var trash = Path.Combine(HomeFolder.EnsureFolder(StagingRoot), Guid.NewGuid().ToString("N"));
            Directory.Move(Path.Combine(_models, name), trash);
            Disk.SyncFolder(_models);
            Staging.Clean(StagingRoot);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot remove '{name}': {e.Message}", e);
        }
    }

    /// <summary>Reads every file of a model again and names those whose size or SHA-256 is not what was installed; empty when all is well.</summary>
    /// <exception cref="StoreException">There is none of that name.</exception>
    public IReadOnlyList<DamagedFile> Verify(string name, CancellationToken cancellation = default)
    {
        while (true)
        {
            InstalledModel model;
            try { model = Get(name); }
            catch (StoreException e) when (!e.IsNotFound) { return [new(ModelManifest.FileName, e.InnerException?.Message ?? e.Message)]; }
            List<DamagedFile> damaged = [.. model.Manifest.Files.Select(file => Check(model.Folder, file, cancellation)).OfType<DamagedFile>()];
            // A generation that was replaced meanwhile says nothing about the one that is there now.
            if (damaged.Count == 0 || Directory.Exists(model.Folder)) return damaged;
        }
    }

    /// <summary>Imports <paramref name="path"/>, whose origin a person knows as <paramref name="source"/>, and moves it into place.</summary>
    /// <remarks><paramref name="license"/> stands in where the source itself states none.</remarks>
    internal InstallResult Install(
        string path, string source, string name, ImportOptions options, CancellationToken cancellation, string? license = null)
    {
        if (HashEmbedder.IsNamed(name))
            throw new StoreException($"'{name}' is the name of the built-in embedder. Install the model by another name with --as NAME.");
        if (name == BuiltInModel.Name) throw new StoreException($"'{name}' is the name of the model that is part of the program. Install the model by another name with --as NAME.");
        var progress = new LastProgress(options.Progress);
        try
        {
            using var staging = Stage(cancellation);
            try
            {
                var report = _import(path, staging.New, options with { Progress = progress }, cancellation);
                var manifest = new ModelManifest
                {
                    Name = name,
                    Source = source,
                    Kind = report.Kind,
                    Architecture = report.Architecture,
                    Parameters = report.Parameters,
                    Quantization = report.Quantization,
                    ContextLength = report.ContextLength,
                    License = report.License ?? license,
                    InstalledAt = DateTimeOffset.UtcNow,
                    Files = Seal(staging.New, cancellation),
                };
                manifest.Write(staging.New);
                Disk.SyncAndHash(Path.Combine(staging.New, ModelManifest.FileName), cancellation);
                Disk.SyncFolder(staging.New);
                cancellation.ThrowIfCancellationRequested();
                return new InstallResult(new InstalledModel(manifest, MoveIntoPlace(staging, name)), report);
            }
            catch (IOException e) when (Disk.IsFull(e))
            {
                throw new StoreException(progress.DescribeFullDisk(name, staging.New, Home), e);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot install '{name}': {e.Message}", e);
        }
    }

    private string MoveIntoPlace(Staging staging, string name)
    {
        using var held = Lock(CancellationToken.None);
        var parent = HomeFolder.EnsureFolder(Path.Combine(_models, name));
        var older = Generations(name);
        var folder = Path.Combine(parent, ((older.Count > 0 ? older[0].Number : 0) + 1).ToString(CultureInfo.InvariantCulture));
        Directory.Move(staging.New, folder);
        Disk.SyncFolder(parent);
        Disk.SyncFolder(_models);
        foreach (var (_, old) in older) staging.Discard(old);
        return folder;
    }

    /// <summary>Forces every file to the disk and takes its size and hash.</summary>
    private static List<ModelFile> Seal(string folder, CancellationToken cancellation)
    {
        var files = new List<ModelFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(folder, path);
            if (name == ModelManifest.FileName) continue;
            var (size, sha256) = Disk.SyncAndHash(path, cancellation);
            files.Add(new ModelFile(name, size, sha256));
        }
        foreach (var below in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) Disk.SyncFolder(below);
        return files;
    }

    private static DamagedFile? Check(string folder, ModelFile file, CancellationToken cancellation)
    {
        try
        {
            var path = Path.GetFullPath(Path.Combine(folder, file.Name));
            if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return new(file.Name, "lies outside the model's folder");
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            if (stream.Length != file.Size) return new(file.Name, $"has {stream.Length:N0} bytes instead of {file.Size:N0}");
            return Disk.Hash(stream, cancellation) == file.Sha256 ? null : new(file.Name, "its content has changed (SHA-256 differs)");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException) { return new(file.Name, "is missing"); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return new(file.Name, $"cannot be read: {e.Message}"); }
    }

    private bool IsBuiltIn(string name) => BuiltIn is not null && name == BuiltInModel.Name;

    private InstalledModel? Read(string name)
    {
        // While a reader looks, an install may replace the generation it found; then it looks again.
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var generations = Generations(name);
            if (generations.Count == 0) return null;
            var folder = generations[0].Folder;
            try { return new InstalledModel(ModelManifest.Read(folder) with { Name = name }, folder); }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException) { continue; }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                throw new StoreException(
                    $"The manifest of '{name}' cannot be read. Import or pull the model again, or remove it with `appliance models remove {name}`.", e);
            }
        }
        return null;
    }

    // One whose folder cannot be read is there, and damaged.
    private bool IsInstalled(string name)
    {
        try { return Generations(name).Count > 0; }
        catch (StoreException) { return true; }
    }

    /// <summary>The generations of a model that are in place, newest first.</summary>
    private List<(int Number, string Folder)> Generations(string name)
    {
        var found = new List<(int Number, string Folder)>();
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(Path.Combine(_models, name)))
            {
                var number = Path.GetFileName(folder.AsSpan());
                if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)) found.Add((generation, folder));
            }
        }
        catch (DirectoryNotFoundException) { }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder of the model '{name}' cannot be read: {e.Message}", e);
        }
        found.Sort((a, b) => b.Number.CompareTo(a.Number));
        return found;
    }

    private Staging Stage(CancellationToken cancellation)
    {
        using (Lock(cancellation)) return Staging.Create(StagingRoot);
    }

    /// <summary>The lock all changes of the store go through. It is held for renames and clean-ups only, never while a model is made.</summary>
    private FileStream Lock(CancellationToken cancellation)
    {
        var path = Path.Combine(HomeFolder.EnsureFolder(_models), ".lock");
        while (true)
        {
            if (Disk.TryLock(path) is { } held) return held;
            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
            cancellation.ThrowIfCancellationRequested();
        }
    }
}

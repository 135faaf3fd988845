using System.Text;
using Models;
using Models.Crypto;
using Models.Embedding;
using Runtime.Memory.Files;
using Runtime.Memory.Index;
using Runtime.Memory.Search;

namespace Runtime.Memory;

/// <summary>
/// What an agent remembers: Markdown files that a person reads and edits are the truth, an index beside them is how they are searched. The
/// index follows the files: what changed is read again before a search. Safe for several threads.
/// </summary>
public sealed class AgentMemory : IDisposable
{
    // Pieces that are embedded and written at once: an index that is being made lets searches in between.
    private const int Batch = 256;

    // Where changes are not told (network drives, too many watches), they are looked for.
    private static readonly TimeSpan LookAnyway = TimeSpan.FromMinutes(1);

    // A search waits this long for what is being read, then does without.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly MemoryIndex _index;
    private readonly Func<CancellationToken, Task<TextEmbedder>> _embedder;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private FileSystemWatcher? _watcher;
    private volatile bool _isStale = true;

    // Set where the index was found broken, and is to be made of the files again.
    private volatile bool _isEmptied;
    private DateTimeOffset _lookedAt;

    /// <summary>The memory in a workspace.</summary>
    /// <param name="workspace">Full path of the workspace.</param>
    /// <param name="index">Where the index is, or is to be.</param>
    /// <param name="embedder">Gives what turns texts into vectors.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Hears of a broken index.</param>
    public AgentMemory(string workspace, string index, Func<CancellationToken, Task<TextEmbedder>> embedder, TimeProvider time, Action<string> tell)
    {
        (Folder, _embedder, _time) = (new MemoryFolder(workspace), embedder, time);
        _index = new MemoryIndex(index, time, message => { (_isStale, _isEmptied) = (true, true); tell(message); });
    }

    /// <summary>The files.</summary>
    public MemoryFolder Folder { get; }

    /// <summary>How many pieces the index has.</summary>
    /// <exception cref="ModelException">The index cannot be opened.</exception>
    public int Count => _index.Count();

    /// <summary>Finds what fits a question best.</summary>
    /// <param name="question">What is looked for.</param>
    /// <param name="most">Most pieces.</param>
    /// <param name="person">Who asks; null for the owner.</param>
    /// <param name="mayReach">Says whether a full path may be reached for them; null where all may.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ModelException">The index cannot be opened.</exception>
    public async Task<IReadOnlyList<MemoryHit>> SearchAsync(string question, int most, string? person, Func<string, bool>? mayReach = null, CancellationToken cancellation = default)
    {
        var embedder = await _embedder(cancellation);
        var vector = (await embedder.GenerateAsync([question], cancellationToken: cancellation))[0].Vector;
        var today = DateOnly.FromDateTime(_time.GetLocalNow().DateTime);
        await RefreshSoonAsync(cancellation);
        _isEmptied = false;
        var hits = Search();
        if (!_isEmptied) return hits;
        await RefreshSoonAsync(cancellation);
        return Search();

        List<MemoryHit> Search()
        {
            var found = _index.Search(person, index => HybridSearch.Find(index, question, vector.Span, today, mayReach is null ? most : most * 8));
            return mayReach is null ? found : [.. found.Where(hit => mayReach(Path.Combine(Folder.Workspace, hit.Path))).Take(most)];
        }
    }

    /// <summary>Adds a note; see <see cref="MemoryFolder.Add"/>.</summary>
    public string Add(string text, bool isLasting, string? person, bool isForeign = false, Func<string, bool>? mayReach = null)
    {
        var path = Folder.Add(text, isLasting, person, _time.GetLocalNow(), isForeign, mayReach);
        _isStale = true;
        return path;
    }

    /// <summary>Brings the index up to date with the files, where something may have changed.</summary>
    /// <exception cref="ModelException">The index cannot be written.</exception>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        var embedder = await _embedder(cancellation);
        await _reading.WaitAsync(cancellation);
        try
        {
            Watch();
            if (!_isStale && _time.GetUtcNow() - _lookedAt < LookAnyway) return;
            // Before looking, so that what changes meanwhile is seen the next time.
            (_isStale, _lookedAt) = (false, _time.GetUtcNow());
            try
            {
                await ReadChangedAsync(embedder, cancellation);
            }
            catch
            {
                _isStale = true;
                throw;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>
    /// Forgets every line that has a text: in the files, and in the index without a trace. Where it is cut off, the index is rid of the rest
    /// when it is next used. Conversations and backups keep what they have.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="person">Whose memory; null for all of it.</param>
    /// <param name="isTrial">True to see what would go.</param>
    /// <param name="cancellation">Gives up; what is gone stays gone.</param>
    /// <exception cref="ModelException">The text is too short, or something cannot be written.</exception>
    public async Task<IReadOnlyList<ForgottenLines>> ForgetAsync(string text, string? person, bool isTrial, CancellationToken cancellation = default)
    {
        var lines = Folder.Forget(text, person, isTrial: true);
        if (isTrial || lines.Count == 0) return lines;
        _index.OwePurge();
        lines = Folder.Forget(text, person, isTrial: false);
        _isStale = true;
        await RefreshAsync(cancellation);
        return lines;
    }

    /// <summary>Replaces a file; see <see cref="MemoryFolder.Rewrite"/>.</summary>
    public void Rewrite(string path, Func<string, string> change)
    {
        Folder.Rewrite(path, change);
        _isStale = true;
    }

    /// <summary>Moves notes of days into the archive; see <see cref="MemoryFolder.Archive"/>.</summary>
    public int Archive(string? person, DateOnly before)
    {
        var moved = Folder.Archive(person, before);
        if (moved > 0) _isStale = true;
        return moved;
    }

    /// <summary>Reads every file again, whatever the index says of it.</summary>
    /// <exception cref="ModelException">The index cannot be written.</exception>
    public async Task ReadAgainAsync(CancellationToken cancellation = default)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            _index.Distrust();
            _isStale = true;
        }
        finally
        {
            _reading.Release();
        }
        await RefreshAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closing.IsCancellationRequested) return;
        _closing.Cancel();
        _watcher?.Dispose();
        _index.Dispose();
    }

    private async Task RefreshSoonAsync(CancellationToken cancellation)
    {
        var reading = RefreshAsync(_closing.Token);
        await Task.WhenAny(reading, Task.Delay(Patience, _time, cancellation));
        if (reading.IsFaulted) await reading;
    }

    private async Task ReadChangedAsync(TextEmbedder embedder, CancellationToken cancellation)
    {
        var known = _index.Files();
        var (texts, size) = (new List<IndexedText>(), 0);
        foreach (var (path, file) in Folder.All())
        {
            var state = new IndexedFile(file.Length, file.LastWriteTimeUtc.Ticks, "", embedder.Name);
            if (known.Remove(path, out var before) && state == before with { Hash = "" }) continue;
            if (Read(file) is not { } bytes)
            {
                texts.Add(IndexedText.Gone(path));
                continue;
            }
            state = state with { Hash = Convert.ToHexStringLower(Sha256.Hash(bytes)) };
            if (state.Hash == before?.Hash && state.Embedder == before.Embedder)
            {
                // Touched, or restored from a backup, and the same.
                _index.Touch(path, state);
                continue;
            }
            var chunks = MarkdownChunks.Of(NoteLines.WithoutRemarks(Text(bytes))).ToList();
            var vectors = chunks.Count == 0 ? [] : await embedder.GenerateAsync(chunks.Select(chunk => $"{chunk.Heading}\n{chunk.Text}"), cancellationToken: cancellation);
            texts.Add(new IndexedText(path, state, chunks, [.. vectors.Select(v => v.Vector)]));
            if ((size += chunks.Count) < Batch) continue;
            _index.Replace(texts);
            (texts, size) = ([], 0);
        }
        texts.AddRange(known.Keys.Select(IndexedText.Gone));
        if (texts.Count > 0) _index.Replace(texts);
        if (_index.OwesPurge) _index.Purge();
    }

    private static byte[]? Read(FileInfo file)
    {
        try
        {
            return File.ReadAllBytes(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone since, or not ours to read: not in memory then.
            return null;
        }
    }

    // As editors write it: UTF-8, or what the mark at its beginning says.
    private static string Text(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private void Watch()
    {
        if (_watcher is not null || !Directory.Exists(Folder.Workspace)) return;
        try
        {
            _watcher = new FileSystemWatcher(Folder.Workspace, "*.md") { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size };
            _watcher.Changed += (_, _) => _isStale = true;
            _watcher.Created += (_, _) => _isStale = true;
            _watcher.Deleted += (_, _) => _isStale = true;
            _watcher.Renamed += (_, _) => _isStale = true;
            _watcher.Error += (_, _) => _isStale = true;
            _watcher.EnableRaisingEvents = true;
        }
        catch (IOException)
        {
            // No watch is left on this machine: LookAnyway has to do.
        }
    }
}

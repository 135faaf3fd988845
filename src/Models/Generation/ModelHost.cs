using Microsoft.Extensions.AI;
using Models.Budget;
using Models.Embedding;
using Models.Generation.Kv;
using Models.Store;

namespace Models.Generation;

/// <summary>
/// Loads models from the store when they are first asked for, keeps them for a time, and unloads those that have been idle longest where
/// another one needs their memory; one that generates stays. Encoders are among them. Safe for several threads.
/// </summary>
public sealed class ModelHost : IModelHost, IMemoryTenants, IDisposable
{
    // A timer takes at most 49 days; looking again earlier does no harm.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>How long a model stays at least for whoever has just asked for it.</summary>
    internal static readonly TimeSpan TimeToBegin = TimeSpan.FromSeconds(5);

    private readonly EngineOptions _options;
    private readonly Func<MemorySnapshot> _memory;
    private readonly Func<InstalledModel, MemoryPlan, int, ILanguageModel> _load;
    private readonly TimeProvider _time;
    private readonly ITimer _expiry;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<string, ModelResidency> _loaded = [];
    private readonly HashSet<string> _everLoaded = [];
    private string? _refusal;
    private KnownFootprint? _footprint;

    /// <summary>A host over a store.</summary>
    /// <param name="store">Where the models are.</param>
    /// <param name="options">How engines use the machine; what is left open comes from each model's memory plan.</param>
    /// <param name="keepAlive">How long models stay loaded after their last use; null leaves it to the plan.</param>
    public ModelHost(ModelStore store, EngineOptions options, TimeSpan? keepAlive = null)
        : this(store, options, keepAlive, MachineMemory.Here.Read, TimeProvider.System,
            (model, plan, threads) => new LocalLanguageModel(model.Manifest.Name, model.Folder, options.With(plan) with { Threads = threads }, Archive(store, model, options)))
    {
    }

    private static KvArchiveOptions? Archive(ModelStore store, InstalledModel model, EngineOptions options) =>
        options.KeepWarm is { } notice && EngineOptions.WarmAllowed ? KvArchiveOptions.For(store, model, notice) : null;

    /// <summary>The same with the machine and the engine replaced, for tests.</summary>
    internal ModelHost(
        ModelStore store, EngineOptions options, TimeSpan? keepAlive, Func<MemorySnapshot> memory, TimeProvider time,
        Func<InstalledModel, MemoryPlan, int, ILanguageModel> load)
    {
        (Store, _options, KeepAlive, _memory, _time, _load) = (store, options, keepAlive, memory, time, load);
        Encoders = new EncoderHost(this);
        _expiry = time.CreateTimer(static state => ((ModelHost)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public ModelStore Store { get; }

    /// <inheritdoc/>
    public EncoderHost Encoders { get; }

    /// <summary>How long models that are loaded from now on stay after their last use; null leaves it to the plan.</summary>
    public TimeSpan? KeepAlive
    {
        get { lock (_loaded) return field; }
        set { lock (_loaded) field = value; }
    }

    /// <inheritdoc/>
    public GenerationTotals Totals { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<LoadedModel> Loaded
    {
        get
        {
            lock (_loaded)
            {
                var now = _time.GetUtcNow();
                // While it generates the time has not begun to run.
                return [.. _loaded.Select(l => new LoadedModel(l.Key, l.Value.Plan.Total,
                    l.Value.KeepAlive == Timeout.InfiniteTimeSpan ? null : l.Value.ExpiresAt ?? now + l.Value.KeepAlive)
                {
                    KvBytes = (l.Value.Model as IMemoryUser)?.KvBytes ?? 0,
                    RetainedBytes = (l.Value.Model as IMemoryUser)?.RetainedBytes ?? 0,
                    Running = (l.Value.Model as LocalLanguageModel)?.Running ?? 0,
                    Waiting = (l.Value.Model as LocalLanguageModel)?.Waiting ?? 0,
                })];
            }
        }
    }

    /// <inheritdoc/>
    public bool HasLoaded(string name)
    {
        lock (_loaded) return _everLoaded.Contains(name);
    }

    /// <summary>Ends when the loop of every loaded model has gone round, each after the step it is in; never while one of them stands still.</summary>
    public async Task PulseAsync(CancellationToken cancellation)
    {
        List<LocalLanguageModel> models;
        lock (_loaded) models = [.. _loaded.Values.Select(residency => residency.Model).OfType<LocalLanguageModel>()];
        foreach (var model in models)
        {
            try { await model.PulseAsync().WaitAsync(cancellation); }
            catch (ObjectDisposedException)
            {
                // It was unloaded meanwhile.
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<MemoryTenant> Tenants
    {
        get { lock (_loaded) return [.. _loaded.Values.OrderBy(r => r.LastUsed).Select(r => new MemoryTenant(r.Plan, r.Model as IMemoryUser))]; }
    }

    /// <inheritdoc/>
    public async Task<ILanguageModel> LoadAsync(string? name, CancellationToken cancellation = default)
    {
        using var lease = await LeaseAsync(name, cancellation);
        lease.Grace = TimeToBegin;
        return new HostedModel(this, lease.Model);
    }

    /// <inheritdoc/>
    public async Task<IChatClient> GetChatClientAsync(string? name, CancellationToken cancellation = default) =>
        new LocalChatClient(await LoadAsync(name, cancellation));

    /// <inheritdoc/>
    public ILanguageModel? FindLoaded(InstalledModel model)
    {
        lock (_loaded) return _loaded.TryGetValue(model.Manifest.Name, out var residency) && residency.Folder == model.Folder ? residency.Model as ILanguageModel : null;
    }

    /// <inheritdoc/>
    public ModelRoom RoomFor(InstalledModel model)
    {
        var most = model.Manifest.ContextLength;
        if (Volatile.Read(ref _refusal) is not null) return new ModelRoom(most, "runs on this machine, which is short of memory");
        List<MemoryTenant> busy;
        long freed;
        lock (_loaded)
        {
            if (_loaded.TryGetValue(model.Manifest.Name, out var residency) && residency.Folder == model.Folder) return new ModelRoom(residency.Plan.ContextLength);
            busy = [.. _loaded.Values.Where(r => !r.IsIdle).Select(r => new MemoryTenant(r.Plan, r.Model as IMemoryUser))];
            // As when it is loaded: what others retain goes for it, and models that nobody uses.
            freed = _loaded.Values.Sum(r => r.IsIdle
                ? r.Plan.Footprint.PrivateBytes + r.Plan.Footprint.TokenizerBytes + ((r.Model as IMemoryUser)?.KvBytes ?? 0)
                : (r.Model as IMemoryUser)?.RetainedBytes ?? 0);
        }
        try
        {
            var footprint = FootprintOf(model);
            if (busy.Count > 0) footprint = footprint with { Program = 0 };
            var machine = _memory();
            machine = Beside(machine with { Available = machine.Available + freed, Limit = machine.Limit is { } limit ? limit with { Room = limit.Room + freed } : null }, busy);
            return ModelRoom.For(model.Manifest.Name, footprint, machine, _options.Wishes);
        }
        catch (ModelException)
        {
            // What is wrong with its files is said when it is loaded.
            return new ModelRoom(most);
        }
    }

    /// <inheritdoc/>
    public void SetKeepAlive(string name, TimeSpan time)
    {
        lock (_loaded)
        {
            if (!_loaded.TryGetValue(name, out var residency)) return;
            residency.KeepAlive = time;
            residency.LastUsed = residency.GraceUntil = _time.GetUtcNow();
        }
        Expire();
    }

    /// <inheritdoc/>
    public void Refuse(string? reason) => Volatile.Write(ref _refusal, reason);

    /// <inheritdoc/>
    public bool UnloadIdle()
    {
        ModelResidency? gone;
        lock (_loaded)
        {
            gone = _loaded.Values.Where(r => r.IsIdle).MinBy(r => r.LastUsed);
            if (gone is not null) _loaded.Remove(gone.Name);
        }
        if (gone is not null) Unload(gone);
        return gone is not null;
    }

    /// <summary>Holds a model that answers in memory, loading it first where needed.</summary>
    internal Task<ModelLease<ILanguageModel>> LeaseAsync(string? name, CancellationToken cancellation)
    {
        var installed = Store.Get(name);
        if (installed.Manifest.Kind == ModelKind.Decoder) return LeaseAsync<ILanguageModel>(installed, cancellation);
        throw new GenerationException($"'{installed.Manifest.Name}' makes embeddings or scores and cannot answer. Name a model that generates text.")
        { Parameter = "model" };
    }

    /// <summary>Holds an installed model in memory, loading it first where needed; its kind says what it is loaded as.</summary>
    internal async Task<ModelLease<T>> LeaseAsync<T>(InstalledModel installed, CancellationToken cancellation) where T : class, IDisposable
    {
        if (Volatile.Read(ref _refusal) is { } reason) throw new MemoryException(reason);
        if (TryLease<T>(installed) is { } lease) return lease;
        // One load at a time: two at once would each see the same free memory, and who asks for the same model waits for it here.
        await _loading.WaitAsync(cancellation);
        try
        {
            if (TryLease<T>(installed) is { } meanwhile) return meanwhile;
            var residency = await Task.Run(() => Load(installed), cancellation);
            lock (_loaded)
            {
                _loaded[installed.Manifest.Name] = residency;
                _everLoaded.Add(installed.Manifest.Name);
                return Lease<T>(residency);
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Ends a lease.</summary>
    internal void Release(ModelResidency residency, TimeSpan grace)
    {
        bool isReplaced;
        lock (_loaded)
        {
            residency.Leases--;
            residency.LastUsed = _time.GetUtcNow();
            residency.GraceUntil = residency.LastUsed + grace;
            isReplaced = residency.IsIdle && _loaded.GetValueOrDefault(residency.Name) != residency;
        }
        if (isReplaced) Unload(residency);
        else Expire();
    }

    private ModelLease<T>? TryLease<T>(InstalledModel installed) where T : class, IDisposable
    {
        ModelResidency? old;
        lock (_loaded)
        {
            if (!_loaded.TryGetValue(installed.Manifest.Name, out old)) return null;
            if (old.Folder == installed.Folder && (old.Threads == _options.ThreadsNow || !old.IsIdle)) return Lease<T>(old);
            // Another model was installed under the name (whoever still uses the old one unloads it at the end), or it is to work with other threads.
            _loaded.Remove(installed.Manifest.Name);
            if (!old.IsIdle) return null;
        }
        Unload(old);
        return null;
    }

    private ModelLease<T> Lease<T>(ModelResidency residency) where T : class, IDisposable
    {
        residency.Leases++;
        return new ModelLease<T>(this, residency);
    }

    // Its graph is read once: routers ask at every question.
    private ModelFootprint FootprintOf(InstalledModel model)
    {
        var known = Volatile.Read(ref _footprint);
        if (known?.Folder == model.Folder) return known.Footprint;
        var read = ModelFootprint.Of(model);
        Volatile.Write(ref _footprint, new KnownFootprint(model.Folder, read));
        return read;
    }

    private ModelResidency Load(InstalledModel installed)
    {
        var plan = MakeRoom(installed);
        var threads = _options.ThreadsNow;
        return new ModelResidency(installed, installed.Manifest.Kind == ModelKind.Decoder ? _load(installed, plan, threads) : new OnnxEncoder(installed.Folder, threads), plan, threads);
    }

    // What others retain goes first, then idle models, the one unused longest before the others; whichever of the two it takes until
    // the plan is no longer a tight one. Where that does not help a tight plan is better than none.
    private MemoryPlan MakeRoom(InstalledModel installed)
    {
        var footprint = ModelFootprint.Of(installed);
        var wishes = _options.Wishes with { KeepAlive = KeepAlive };
        while (true)
        {
            var tenants = Tenants;
            var beside = tenants.Count > 0 ? footprint with { Program = 0 } : footprint;
            var machine = Beside(_memory(), tenants);
            if (MemoryPlan.TryMake(beside, machine, wishes) is { IsTight: false } plan) return plan;
            if (Shed(tenants) || UnloadIdle()) continue;
            return MemoryPlan.Make(installed.Manifest.Name, beside, machine, wishes);
        }
    }

    private static bool Shed(IReadOnlyList<MemoryTenant> tenants)
    {
        var shed = false;
        foreach (var user in tenants.Select(tenant => tenant.User).OfType<IMemoryUser>())
        {
            if (user.RetainedBytes is not (> 0 and var retained)) continue;
            user.ShedRetained(retained);
            // One that frees nothing must not be asked for ever.
            shed |= user.RetainedBytes < retained;
        }
        return shed;
    }

    // What is left beside the loaded models: their weights stay in memory, and the room their conversations and runs were promised stays theirs.
    private static MemorySnapshot Beside(MemorySnapshot machine, IReadOnlyList<MemoryTenant> tenants)
    {
        var promised = tenants.Sum(t => t.Plan.Footprint.MappedBytes + t.Plan.Footprint.RunBytes + Math.Max(0, t.Plan.WorkingKvBytes - (t.User?.KvBytes ?? 0)));
        return machine with
        {
            Available = Math.Max(0, machine.Available - promised),
            Limit = machine.Limit is { } limit ? limit with { Room = Math.Max(0, limit.Room - promised) } : null,
        };
    }

    private void Expire()
    {
        List<ModelResidency> gone;
        lock (_loaded)
        {
            var now = _time.GetUtcNow();
            gone = [.. _loaded.Values.Where(r => r.ExpiresAt <= now)];
            foreach (var residency in gone) _loaded.Remove(residency.Name);
            var next = _loaded.Values.Min(r => r.ExpiresAt) - now;
            _expiry.Change(next is { } wait ? TimeSpan.FromTicks(Math.Min(wait.Ticks, LongestWait.Ticks)) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        foreach (var residency in gone) Unload(residency);
    }

    private static void Unload(ModelResidency residency)
    {
        residency.Model.Dispose();
        OwnMemory.Trim();
    }

    /// <summary>Unloads every model, after the generation it is in.</summary>
    public void Dispose()
    {
        _expiry.Dispose();
        lock (_loaded)
        {
            foreach (var residency in _loaded.Values) residency.Model.Dispose();
            _loaded.Clear();
        }
    }

    private sealed record KnownFootprint(string Folder, ModelFootprint Footprint);
}

using Models;
using Models.Budget;
using Models.Catalogue;
using Models.Egress;
using Models.Generation;
using Models.Store;

namespace Runtime.Tools.Inventory;

/// <summary>The models of this box, and those on their way to it. A pull goes on when the turn that began it ends. Safe for several threads.</summary>
/// <param name="models">The models.</param>
/// <param name="egress">The owner's rules for what may leave the machine.</param>
public sealed class ModelInventory(IModelHost models, EgressPolicy egress) : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, ModelPull> _pulls = new(StringComparer.Ordinal);

    /// <summary>Those that are installed.</summary>
    public IReadOnlyList<InstalledModel> Installed => models.Store.List();

    /// <summary>The name of the one that is used where none is named; null where there is none.</summary>
    public string? Default
    {
        get
        {
            try { return models.Store.Get(null).Manifest.Name; }
            catch (StoreException) { return null; }
        }
    }

    /// <summary>Those that are being pulled, and those that could not be.</summary>
    public IReadOnlyList<ModelPull> Pulls
    {
        get { lock (_pulls) return [.. _pulls.Values]; }
    }

    /// <summary>What of the catalogue this machine could run, the best choice first.</summary>
    public Task<IReadOnlyList<ModelAdvice>> AdviseAsync(CancellationToken cancellation) => MachineAdvice.MakeAsync(models, MachineMemory.Here.Read(), cancellation);

    /// <summary>Begins to fetch a model; says so.</summary>
    /// <exception cref="ToolException">It is no name of the catalogue and no source, or another one is on its way.</exception>
    public string Pull(string name)
    {
        var known = ModelCatalogue.Find(name);
        if (known is null && !name.StartsWith("hf:", StringComparison.Ordinal) && !name.StartsWith("ollama:", StringComparison.Ordinal))
            throw new ToolException($"There is no model {Bounded.Begin(name, 80)} to pull. Names are: {string.Join(", ", ModelCatalogue.All.Select(model => model.Name))}; or hf:OWNER/REPO, ollama:NAME.");
        var pull = new ModelPull(known?.Name ?? name);
        lock (_pulls)
        {
            if (_pulls.Values.FirstOrDefault(other => other.IsRunning) is { } running) throw new ToolException($"{running.Name} is being pulled: {running.State}. One at a time.");
            _pulls[pull.Name] = pull;
        }
        pull.Running = Task.Run(() => PullAsync(pull, name));
        return $"Pulling {pull.Name}{(known is null ? "" : $", {ByteSize.Format(known.DownloadBytes)}")}. It goes on by itself; the list says how far it is.";
    }

    /// <summary>Removes a model; says so.</summary>
    /// <exception cref="StoreException">There is none of that name, or it is part of the program.</exception>
    public string Remove(string name)
    {
        models.Store.Remove(name);
        return $"Removed {name}.";
    }

    /// <summary>Stops what is on its way; the next pull of it goes on from there.</summary>
    public void Dispose()
    {
        _end.Cancel();
        foreach (var pull in Pulls) pull.Running?.Wait(TimeSpan.FromSeconds(5));
        _end.Dispose();
    }

    private async Task PullAsync(ModelPull pull, string name)
    {
        try
        {
            using var door = new EgressDoor(egress);
            await new ModelPuller(models.Store, door).PullAsync(name, null, new PullOptions { Progress = pull }, _end.Token);
            lock (_pulls) _pulls.Remove(pull.Name);
        }
        catch (Exception e) when (e is ModelException or OperationCanceledException or HttpRequestException)
        {
            pull.Fail(e is OperationCanceledException ? "the program ended" : e.Message);
        }
    }
}

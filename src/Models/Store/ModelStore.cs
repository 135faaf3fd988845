namespace Models.Store;

/// <summary>The installed models under one home folder. Safe for several threads and several processes at once.</summary>
public sealed class ModelStore(string home)
{
    /// <summary>Every installed model, in name order.</summary>
    public IReadOnlyList<InstalledModel> List() => throw new NotImplementedException();

    /// <summary>The model of that name, or null.</summary>
    public InstalledModel? Find(string name) => throw new NotImplementedException(home);

    /// <summary>The model of that name; null asks for the only or default one.</summary>
    /// <exception cref="StoreException">There is none; the message says what is installed or how to get one.</exception>
    public InstalledModel Get(string? name) => throw new NotImplementedException();
}

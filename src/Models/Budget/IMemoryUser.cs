namespace Models.Budget;

/// <summary>What a loaded model lets the memory governor do with it. Safe for several threads; no call waits for a generation.</summary>
public interface IMemoryUser
{
    /// <summary>Bytes of keys and values held now, in use and retained.</summary>
    long KvBytes { get; }

    /// <summary>Of those, bytes that <see cref="ShedRetained"/> could free now.</summary>
    long RetainedBytes { get; }

    /// <summary>Frees at least so many bytes of what is retained for prompts that begin alike, oldest first, or all there is.</summary>
    void ShedRetained(long bytes);

    /// <summary>Runs at most so many sequences in one step from now on; those under way go on in turn.</summary>
    void LimitSequences(int most);

    /// <summary>Takes only requests of at most so many tokens, prompt and answer, from now on; those under way go on.</summary>
    void LimitContext(int tokens);
}

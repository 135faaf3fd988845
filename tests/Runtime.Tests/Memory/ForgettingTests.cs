using Models;

namespace Runtime.Tests.Memory;

public sealed class ForgettingTests : IDisposable
{
    private const string Secret = "xylophone";

    private readonly MemoryBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Forget_Text_LeavesItInNoFileAndNowhereInTheIndex()
    {
        _bench.Put("MEMORY.md", "# Memory\n\n- The boiler is old.\n- Anna hides a Xylophone in the attic.\n");
        _bench.Put("memory/2026-01-01.md", "# 2026-01-01\n\n- 10:00 xylophone bought\n");
        _bench.Put("memory/.archive/2025-11-01.md", "# 2025-11-01\n\n- 10:00 looked for a xylophone\n- 11:00 rain\n");
        for (var n = 0; n < 50; n++) _bench.Put($"memory/{n}.md", $"Note {n} of something else.\n");
        Assert.NotEmpty(await _bench.Memory.SearchAsync(Secret, 5, null));
        Assert.Contains(Secret, _bench.IndexBytes(), StringComparison.OrdinalIgnoreCase);

        var gone = await _bench.Memory.ForgetAsync(Secret, null, isTrial: false);
        Assert.Equal(["MEMORY.md", "memory/.archive/2025-11-01.md", "memory/2026-01-01.md"], gone.Select(file => file.Path).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Secret, _bench.IndexBytes(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(await _bench.Memory.SearchAsync(Secret, 5, null), hit => hit.Text.Contains(Secret, StringComparison.OrdinalIgnoreCase));
        Assert.Equal("# Memory\n\n- The boiler is old.\n", _bench.Get("MEMORY.md"));
        Assert.False(_bench.Has("memory/2026-01-01.md"));
        Assert.Equal("# 2025-11-01\n\n- 11:00 rain\n", _bench.Get("memory/.archive/2025-11-01.md"));
        Assert.Equal("MEMORY.md", (await _bench.Memory.SearchAsync("boiler", 5, null))[0].Path);
    }

    [Fact]
    public async Task Forget_Trial_ShowsTheLinesAndRemovesNothing()
    {
        _bench.Put("MEMORY.md", "- a xylophone\n- b\n");
        Assert.Equal(["- a xylophone"], Assert.Single(await _bench.Memory.ForgetAsync(Secret, null, isTrial: true)).Lines);
        Assert.Contains(Secret, _bench.Get("MEMORY.md"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ModelException>(() => _bench.Memory.ForgetAsync(" a-", null, isTrial: true));
    }

    /// <summary>The files are written, and the power goes before the index is: the traces go when it is next used.</summary>
    [Fact]
    public async Task Forget_CutOffAfterTheFiles_IsFinishedByTheNextUse()
    {
        _bench.Put("MEMORY.md", "- the boiler is old\n- a xylophone in the attic\n");
        await _bench.Memory.RefreshAsync();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.Memory.ForgetAsync(Secret, null, isTrial: false, cancelled.Token));
        Assert.DoesNotContain(Secret, _bench.Get("MEMORY.md"), StringComparison.Ordinal);
        Assert.Contains(Secret, _bench.IndexBytes(), StringComparison.Ordinal);

        _bench.Restart();
        await _bench.Memory.SearchAsync("boiler", 5, null);
        Assert.DoesNotContain(Secret, _bench.IndexBytes(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forget_OfAPerson_TouchesTheirOwnNotesAlone()
    {
        _bench.Memory.Add("a xylophone for anna", isLasting: true, person: null);
        _bench.Memory.Add("my xylophone", isLasting: true, person: "anna");
        _bench.Memory.Add("my xylophone too", isLasting: true, person: "ben");
        var gone = Assert.Single(await _bench.Memory.ForgetAsync(Secret, "anna", isTrial: false));
        Assert.Equal("memory/people/anna/MEMORY.md", gone.Path);
        Assert.Contains(Secret, _bench.Get("MEMORY.md"), StringComparison.Ordinal);
        Assert.Contains(Secret, _bench.Get("memory/people/ben/MEMORY.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forget_BrokenCopyOfTheIndex_GoesToo()
    {
        _bench.Put("MEMORY.md", "- a xylophone\n- b\n");
        File.WriteAllText(_bench.Index + ".broken-20260101-000000", "xylophone");
        await _bench.Memory.ForgetAsync(Secret, null, isTrial: false);
        Assert.DoesNotContain(Secret, _bench.IndexBytes(), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_WhatStandsThereAlready_IsNotWrittenTwice()
    {
        _bench.Memory.Add("The spare key hangs behind the boiler.", isLasting: true, person: null);
        _bench.Memory.Add("the spare keys hang behind the boiler", isLasting: true, person: null);
        // One word, or one number, is another thing.
        _bench.Memory.Add("the spare key does not hang behind the boiler", isLasting: true, person: null);
        Assert.Equal(2, _bench.Get("MEMORY.md").Split('\n').Count(line => line.StartsWith("- ", StringComparison.Ordinal)));
    }
}

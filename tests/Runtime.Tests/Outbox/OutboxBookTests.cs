using System.Collections.Concurrent;
using Models;
using Runtime.Outbox;
using TestKit;

namespace Runtime.Tests.Outbox;

public sealed class OutboxBookTests : IDisposable
{
    private const string Chat = "chat", Hook = "hook";

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _told = [];
    private readonly ConcurrentQueue<string> _arrived = new();
    private readonly Dictionary<OutboxBook, Life> _open = [];
    private Func<OutboxEntry, Task> _send = _ => Task.CompletedTask;
    private bool _isOffline;
    private int _files;

    public void Dispose()
    {
        foreach (var (book, life) in _open)
        {
            // Those that crashed come to their end too, or they would write into a folder that is being removed.
            life.End.TrySetResult();
            book.Dispose();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task Add_Offline_WaitsOnTheDiskAndIsSentInOrderWhenOfflineEnds()
    {
        _isOffline = true;
        var book = Book();
        Assert.Empty(book.All);
        Assert.False(File.Exists(Path));
        for (var i = 0; i < 5; i++) book.Add(Chat, i % 2 == 0 ? "a" : "b", $"{i}", $"k{i}");
        await book.IdleAsync();
        Assert.Equal((5, 0), (OutboxBook.Read(Path).Count, _arrived.Count));
        Assert.True(OutboxBook.IsIn(Path) && book.IsWaiting(Chat, "b") && !book.IsWaiting(Chat, "c"));
        _isOffline = false;
        book.Wake();
        await EmptyAsync(book);
        Assert.Equal(["0", "2", "4"], _arrived.Where(body => body is "0" or "2" or "4"));
        Assert.Equal(["1", "3"], _arrived.Where(body => body is "1" or "3"));
        Assert.Equal(5, _arrived.Count);
    }

    [Fact]
    public async Task Add_SameKey_IsTakenOnceAfterARestartToo()
    {
        _isOffline = true;
        var book = Book();
        Assert.Equal(book.Add(Chat, "a", "x", "k")!.Id, book.Add(Chat, "a", "x", "k")!.Id);
        _isOffline = false;
        book.Wake();
        await EmptyAsync(book);
        book = Again(book);
        Assert.True(book.IsKnown("k"));
        Assert.Null(book.Add(Chat, "a", "x", "k"));
        await EmptyAsync(book);
        Assert.Single(_arrived);
    }

    [Fact]
    public async Task Send_NobodyThere_TriesAgainLaterAndLetsNothingPassIt()
    {
        var isThere = false;
        _send = _ => isThere ? Task.CompletedTask : throw new DeliveryException(DeliveryFault.NotSent, "nobody is there");
        var book = Book();
        book.Add(Chat, "a", "1", "k1");
        await book.IdleAsync();
        book.Add(Chat, "a", "2", "k2");
        await book.IdleAsync();
        Assert.Equal([(1, "nobody is there"), (0, null)], book.All.Select(e => (e.Tries, e.Error)));
        // 5, 10, 20, … seconds, five minutes at most: in an hour not even twenty tries.
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await book.IdleAsync();
        }
        Assert.InRange(book.All[0].Tries, 12, 20);
        isThere = true;
        _time.Advance(TimeSpan.FromMinutes(6));
        await EmptyAsync(book);
        Assert.Equal(["1", "2"], _arrived);
    }

    [Fact]
    public async Task Send_NobodyKnows_IsHeldUnlessTheOtherSideTakesItOnce()
    {
        _send = _ => throw new DeliveryException(DeliveryFault.Unknown, "cut off");
        var book = Book();
        var (chat, hook) = (book.Add(Chat, "a", "1", "k1")!, book.Add(Hook, "a", "2", "k2")!);
        await book.IdleAsync();
        Assert.Equal(("cut off", null), (book.All.Single(e => e.Id == chat.Id).Held, book.All.Single(e => e.Id == hook.Id).Held));
        // What is held holds up nobody.
        _send = _ => Task.CompletedTask;
        book.Add(Chat, "a", "3", "k3");
        await book.IdleAsync();
        _time.Advance(TimeSpan.FromSeconds(6));
        await book.IdleAsync();
        Assert.Equal(["2", "3"], _arrived.Order());
        Assert.Equal([chat.Id], book.All.Select(e => e.Id));
        Assert.True(book.Retry(chat.Id));
        await EmptyAsync(book);
        Assert.Equal(3, _arrived.Count);
        Assert.False(book.Retry(chat.Id));
    }

    [Fact]
    public async Task Send_TooOld_IsGivenUpAndTold()
    {
        _isOffline = true;
        var book = Book();
        book.Add(Chat, "a", "1", "k1");
        await book.IdleAsync();
        _time.Advance(OutboxBook.Lifetime + TimeSpan.FromHours(2));
        await book.IdleAsync();
        Assert.Empty(book.All);
        Assert.Contains("gave up", Assert.Single(_told));
        Assert.False(OutboxBook.IsIn(Path));
    }

    [Fact]
    public void Add_TooMuch_IsRefusedWithWhatToDo()
    {
        _isOffline = true;
        var book = Book();
        Assert.Contains("up to 256 KiB", Assert.Throws<ModelException>(() => book.Add(Chat, "a", new string('x', OutboxBook.LargestEntry + 1), "k")).Message);
        for (var i = 0; i < OutboxBook.MostBytes / OutboxBook.LargestEntry; i++) book.Add(Chat, "a", new string('x', OutboxBook.LargestEntry), $"k{i}");
        Assert.Contains("appliance outbox remove", Assert.Throws<ModelException>(() => book.Add(Chat, "a", "x", "more")).Message);
        Assert.True(book.Remove(book.All[0].Id));
        Assert.NotNull(book.Add(Chat, "a", "x", "more"));
        Assert.False(book.Remove("none"));
    }

    [Theory]
    [InlineData(Chat)]
    [InlineData(Hook)]
    public async Task Crash_InTheMiddleOfASend_IsHeldOrSentAgainByItsKey(string kind)
    {
        var (reached, never) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        _send = _ =>
        {
            reached.TrySetResult();
            return never.Task;
        };
        var book = Book();
        book.Add(kind, "a", "1", "k1");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        _send = _ => Task.CompletedTask;
        var next = Again(book, crash: true);
        next.Wake();
        await next.IdleAsync();
        if (kind == Hook) Assert.Equal((0, "1"), (next.All.Count, Assert.Single(_arrived)));
        else Assert.Contains("nobody knows whether it arrived", Assert.Single(next.All).Held);
        never.SetResult();
    }

    [Fact]
    public async Task Crashes_AtAnyByte_LoseNothingThatWasAcknowledgedAndSayNothingTwice()
    {
        var random = new Random(3);
        for (var run = 0; run < 40; run++)
        {
            _arrived.Clear();
            (_isOffline, _send) = (false, _ => random.Next(3) switch
            {
                0 => throw new DeliveryException(DeliveryFault.NotSent, "later"),
                1 when random.Next(3) == 0 => throw new DeliveryException(DeliveryFault.Unknown, "who knows"),
                _ => Task.CompletedTask,
            });
            var book = Book();
            var acknowledged = new List<(string Kind, string To, string Body)>();
            for (var step = 0; step < 25; step++)
            {
                switch (random.Next(6))
                {
                    case 0: _time.Advance(TimeSpan.FromSeconds(random.Next(20))); break;
                    case 1: book = Again(book, crash: true, tear: random.Next(2) == 0 ? random.Next(40) : 0); break;
                    case 2: _isOffline = !_isOffline; book.Wake(); break;
                    default:
                        var (kind, to, body) = (random.Next(2) == 0 ? Chat : Hook, $"{random.Next(2)}", $"{acknowledged.Count}");
                        book.Add(kind, to, body, $"run{run} {body}");
                        acknowledged.Add((kind, to, body));
                        break;
                }
                if (random.Next(2) == 0) await book.IdleAsync();
            }
            (_isOffline, _send) = (false, _ => Task.CompletedTask);
            book = Again(book, crash: true);
            await EmptyAsync(book);
            var held = book.All.Select(e => e.Body).ToList();
            foreach (var (kind, to, body) in acknowledged)
            {
                var times = _arrived.Count(one => one == body);
                // By a way that takes things once its key tells them apart; the other never says one twice by itself.
                if (kind == Chat) Assert.Equal(1, times + (held.Contains(body) && times == 0 ? 1 : 0));
                else Assert.InRange(times, 1, int.MaxValue);
            }
            // In order: of what arrived, the first time.
            var first = _arrived.Distinct().ToList();
            foreach (var place in acknowledged.GroupBy(a => (a.Kind, a.To)))
                Assert.Equal(place.Select(a => a.Body).Where(first.Contains), first.Where(place.Select(a => a.Body).Contains));
            _files++;
        }
    }

    private string Path => _folder[$"outbox-{_files}.jsonl"];

    private OutboxBook Book()
    {
        var life = new Life();
        async Task SendAsync(OutboxEntry entry, CancellationToken _)
        {
            await _send(entry);
            // What a box does after its crash reaches nobody, and is not over before the test is.
            lock (life)
            {
                if (!life.IsOver)
                {
                    _arrived.Enqueue(entry.Body);
                    return;
                }
            }
            await life.End.Task;
        }
        var book = new OutboxBook(Path, new Dictionary<string, OutboxChannel> { [Chat] = new(false, SendAsync), [Hook] = new(true, SendAsync) }, () => _isOffline, _time, _told.Add);
        _open[book] = life;
        return book;
    }

    /// <summary>Goes on after a restart, or after a crash: with what is on the disk at this moment, the last line cut off where it was not finished.</summary>
    private OutboxBook Again(OutboxBook book, bool crash = false, int tear = 0)
    {
        if (!crash) book.Dispose();
        else
        {
            // What is sent from here on is not; then the disk as it is.
            var life = _open[book];
            lock (life) life.IsOver = true;
            var old = Path;
            _files++;
            if (File.Exists(old)) File.WriteAllBytes(Path, [.. ReadShared(old), .. System.Text.Encoding.UTF8.GetBytes("{\"id\":\"torn\",\"kind\":\"chat\",\"to\":\"a\",\"body\":"[..tear])]);
        }
        return Book();
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private async Task EmptyAsync(OutboxBook book)
    {
        for (var round = 0; round < 100 && book.All.Any(e => e.Held is null); round++)
        {
            book.Retry(null);
            await book.IdleAsync();
        }
        Assert.DoesNotContain(book.All, e => e.Held is null);
    }

    private sealed class Life
    {
        public bool IsOver { get; set; }

        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

using System.Net;
using Appliance.Network.Discovery.Dns;

namespace Appliance.Network.Discovery;

/// <summary>
/// One gateway in one network, by multicast DNS (RFC 6762): asks three times whether its names are free, says twice that it is there, answers who looks for
/// it, takes another name beside whoever has its own, and says when it goes. It sends nothing itself: it says what is due, so that tests need no network and
/// no clock. For one thread.
/// </summary>
/// <param name="beacon">What it says.</param>
/// <param name="addresses">This machine's addresses in that network.</param>
/// <param name="isOwn">True for an address that this machine has anywhere: another program of it may say so too.</param>
/// <param name="time">The clock.</param>
/// <param name="random">A number below another, for pauses that keep machines apart.</param>
internal sealed class Responder(Beacon beacon, IReadOnlyList<IPAddress> addresses, Func<IPAddress, bool> isOwn, TimeProvider time, Func<int, int> random)
{
    /// <summary>Answers to one alone, in a second: nobody can have us shout at somebody else.</summary>
    public const int MostAlone = 20;

    private const int Probes = 3, Announcements = 2, ConflictsInARow = 15;
    private const uint LongestForStrangers = 10;

    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(250), Second = TimeSpan.FromSeconds(1), AfterConflicts = TimeSpan.FromSeconds(5);

    private readonly long _start = time.GetTimestamp();
    private readonly Dictionary<DnsRecord, TimeSpan> _said = [];
    private readonly List<DnsRecord> _waiting = [];
    private readonly Queue<TimeSpan> _alone = new();
    private IReadOnlyList<DnsRecord> _records = beacon.Records(0, addresses);
    private TimeSpan? _next = TimeSpan.FromMilliseconds(random(250));
    private TimeSpan? _answerAt;
    private int _attempt, _probes, _announcements;

    /// <summary>Its name, once it is known to be free; null before that.</summary>
    public DnsName? Name => _announcements > 0 ? _records.First(record => record.Type == DnsType.Srv).Name : null;

    /// <summary>How long until something is due; null where nothing is until something is heard.</summary>
    public TimeSpan? Wait => (_next, _answerAt) switch
    {
        (null, null) => null,
        var (a, b) => (a ?? TimeSpan.MaxValue) < (b ?? TimeSpan.MaxValue) ? Left(a!.Value) : Left(b!.Value),
    };

    /// <summary>What is to be said to everybody now.</summary>
    public IEnumerable<DnsMessage> Due()
    {
        if (_next <= Now)
        {
            if (_probes < Probes)
            {
                _next = Now + BetweenProbes;
                _probes++;
                yield return Probe();
            }
            else
            {
                _next = ++_announcements < Announcements ? Now + Second : null;
                yield return Say(_records);
            }
        }
        if (_answerAt <= Now)
        {
            _answerAt = null;
            var answers = _waiting.ToArray();
            _waiting.Clear();
            yield return Say(answers);
        }
    }

    /// <summary>Hears a message of that network, its own included.</summary>
    /// <returns>What is to be said to whoever sent it alone; null for nothing.</returns>
    public DnsMessage? Heard(DnsMessage message, IPEndPoint from)
    {
        if (message.IsAnswer)
        {
            if (message.Answers.Concat(message.Additional).Any(IsAnothers)) Rename();
            return null;
        }
        if (_announcements == 0)
        {
            if (message.Authorities.Count > 0 && Loses(message.Authorities)) Rename();
            return null;
        }
        var asked = message.Questions.Where(question => _records.Any(record => IsAsked(record, question))).ToList();
        var answers = _records.Where(record => asked.Any(question => IsAsked(record, question))).ToList();
        // One who asks for multicast DNS's answers from another port knows none of it, and gets one as of old (section 6.7).
        var isStranger = from.Port != Models.Egress.LanDoor.Port;
        if (!isStranger) answers.RemoveAll(record => message.Answers.Any(known => known.IsSameAs(record) && known.Ttl >= record.Ttl / 2));
        if (answers.Count == 0) return null;
        if (isStranger || asked.All(question => question.WantsUnicast)) return MayAnswerAlone() ? Alone(message, asked, answers, isStranger) : null;
        if (message.Authorities.Count > 0)
        {
            // Somebody is about to take our name.
            _answerAt = Now;
            _waiting.AddRange(answers.Except(_waiting));
            return null;
        }
        answers.RemoveAll(record => _said.TryGetValue(record, out var at) && Now - at < Second);
        if (answers.Count == 0) return null;
        // Others who answer the same question do not speak all at once.
        _answerAt ??= Now + TimeSpan.FromMilliseconds(20 + random(100));
        _waiting.AddRange(answers.Except(_waiting));
        return null;
    }

    /// <summary>What is said when it goes; null where it was not there.</summary>
    public DnsMessage? Goodbye() => _announcements == 0 ? null : new DnsMessage { IsAnswer = true, Answers = [.. _records.Where(record => record.Target != Beacon.Kind).Select(record => record with { Ttl = 0 })] };

    private TimeSpan Now => time.GetElapsedTime(_start);

    private TimeSpan Left(TimeSpan at) => at > Now ? at - Now : TimeSpan.Zero;

    private IEnumerable<DnsRecord> Unique => _records.Where(record => record.IsUnique);

    private DnsMessage Probe() => new() { Questions = [.. Unique.Select(record => record.Name).Distinct().Select(name => new DnsQuestion(name, DnsType.Any, WantsUnicast: false))], Authorities = [.. Unique] };

    private DnsMessage Say(IReadOnlyList<DnsRecord> answers)
    {
        foreach (var record in answers) _said[record] = Now;
        return new() { IsAnswer = true, Answers = answers, Additional = Also(answers) };
    }

    private DnsMessage Alone(DnsMessage question, IReadOnlyList<DnsQuestion> asked, IReadOnlyList<DnsRecord> answers, bool isStranger) => isStranger
        ? new() { Id = question.Id, IsAnswer = true, Questions = asked, Answers = [.. answers.Select(ForStrangers)], Additional = [.. Also(answers).Select(ForStrangers)] }
        : new() { IsAnswer = true, Answers = answers, Additional = Also(answers) };

    private static DnsRecord ForStrangers(DnsRecord record) => record with { Ttl = Math.Min(record.Ttl, LongestForStrangers), IsUnique = false };

    // Whoever hears of the service will ask where it is next.
    private IReadOnlyList<DnsRecord> Also(IReadOnlyList<DnsRecord> answers)
    {
        var names = answers.Select(record => record.Target).OfType<DnsName>().ToHashSet();
        foreach (var record in _records.Where(record => names.Contains(record.Name) && record.Target is not null).ToList()) names.Add(record.Target!);
        return [.. _records.Where(record => names.Contains(record.Name) && record.IsUnique).Except(answers)];
    }

    private bool MayAnswerAlone()
    {
        while (_alone.TryPeek(out var first) && Now - first >= Second) _alone.Dequeue();
        if (_alone.Count >= MostAlone) return false;
        _alone.Enqueue(Now);
        return true;
    }

    private static bool IsAsked(DnsRecord record, DnsQuestion question) => (question.Type == record.Type || question.Type == DnsType.Any) && question.Name.Equals(record.Name);

    /// <summary>True for a record of our name and kind that says something else, and that this machine did not say.</summary>
    private bool IsAnothers(DnsRecord heard) => heard.Ttl > 0 && Unique.Any(own => own.Type == heard.Type && own.Name.Equals(heard.Name)) && !_records.Any(own => own.IsSameAs(heard))
        && (heard.Address is null || !isOwn(heard.Address));

    /// <summary>Of two who want the same name at once, the one with the later records has it (section 8.2).</summary>
    private bool Loses(IReadOnlyList<DnsRecord> theirs)
    {
        foreach (var name in Unique.Select(record => record.Name).Distinct())
        {
            var wanted = theirs.Where(record => record.Name.Equals(name) && (record.Address is null || !isOwn(record.Address))).ToList();
            if (wanted.Count > 0 && Order(wanted).AsSpan().SequenceCompareTo(Order(Unique.Where(record => record.Name.Equals(name)))) > 0) return true;
        }
        return false;
    }

    private static byte[] Order(IEnumerable<DnsRecord> records) => [.. records.Select(record => (byte[])[(byte)((int)record.Type >> 8), (byte)record.Type, .. DnsMessage.DataOf(record)]).Order(Bytes).SelectMany(bytes => bytes)];

    private static readonly Comparer<byte[]> Bytes = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private void Rename()
    {
        _attempt++;
        _records = beacon.Records(_attempt, addresses);
        (_probes, _announcements, _answerAt) = (0, 0, null);
        _waiting.Clear();
        _said.Clear();
        _next = Now + (_attempt > ConflictsInARow ? AfterConflicts : TimeSpan.FromMilliseconds(random(250)));
    }
}

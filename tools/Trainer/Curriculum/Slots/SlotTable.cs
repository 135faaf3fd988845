using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>The slots whose values are made and not listed.</summary>
internal static class SlotTable
{
    /// <summary>How each is made.</summary>
    public static IReadOnlyDictionary<string, Func<Scope, SlotValue>> Makers { get; } = new Dictionary<string, Func<Scope, SlotValue>>
    {
        ["dur"] = scope => Durations.Duration(scope.Random),
        ["every"] = scope => Durations.Interval(scope.Random),
        ["clock"] = scope => Clocks.Clock(scope.Random),
        ["beside"] = scope => Clocks.Beside(scope.Random),
        ["at"] = scope => Times.Moment(scope.Random),
        ["daily"] = scope => Times.Regular(scope.Random),
        ["now"] = scope => Times.Now(scope.Random),
        ["next"] = scope => Times.Next(scope.Random),
        ["sched"] = scope => Times.Schedule(scope.Random),
        ["nextat"] = scope => Times.Next(scope.Value(scope.Values.ContainsKey("at2") ? "at2" : "at"), scope.Random),
        ["nextclock"] = scope => Times.Next(new SlotValue("", new Dictionary<string, string> { ["arg"] = $"tomorrow {scope.Value(scope.Values.ContainsKey("clock2") ? "clock2" : "clock").In("arg")}" }), scope.Random),
        ["nextdaily"] = scope => Times.Next(scope.Value("daily"), scope.Random),
        ["id"] = scope => new(Made.Id(scope.Random)),
        ["year"] = scope => new($"{scope.Random.Next(1985, 2031)}"),
        ["made"] = scope => new(Made.Word(scope.Random)),
        ["n"] = scope => Numbers.Count(scope.Random),
        ["percent"] = scope => Numbers.Percent(scope.Random),
        ["expr"] = scope => Sums.Sum(scope.Random),
        ["again"] = scope => Sums.Another(scope.Value("expr"), scope.Random),
        ["spelt"] = scope => Sums.InWords(scope.Random),
        ["counted"] = scope => Sums.Counted(scope.Random),
        ["tight"] = scope => Sums.Tight(scope.Random),
        ["squared"] = scope => Sums.Squared(scope.Random),
        ["share"] = scope => Sums.Told("/", scope.Random),
        ["product"] = scope => Sums.Told("*", scope.Random),
        ["total"] = scope => Sums.Told("+", scope.Random),
        ["rest"] = scope => Sums.Told("-", scope.Random),
        ["off"] = scope => Sums.Told("off", scope.Random),
        ["on"] = scope => Sums.Told("on", scope.Random),
        ["part"] = scope => Sums.Told("%", scope.Random),
        ["convert"] = scope => Conversions.Conversion(scope.Random),
        ["same"] = scope => Conversions.Another(scope.Value("convert"), scope.Random),
        ["into"] = scope => Conversions.Into(scope.Value("convert"), scope.Random),
        ["device"] = scope => Devices.Report(scope.Random),
        ["reading"] = scope => Devices.Reading(scope.Random),
        ["ip"] = scope => new(Devices.Address(scope.Random)),
        ["ping"] = scope => Devices.Ping(scope.Value("host").Said, scope.Random),
        ["size"] = scope => new($"{scope.Random.Next(1, 99999)}"),
        ["code"] = scope => new(Made.Code(scope.Random)),
    };
}

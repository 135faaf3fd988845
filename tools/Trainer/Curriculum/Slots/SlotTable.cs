using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>The slots whose values are made and not listed.</summary>
internal static class SlotTable
{
    /// <summary>How each is made.</summary>
    public static IReadOnlyDictionary<string, Func<Scope, SlotValue>> Makers { get; } = new Dictionary<string, Func<Scope, SlotValue>>
    {
        ["dur"] = scope => Times.Duration(scope.Random),
        ["every"] = scope => Times.Interval(scope.Random),
        ["clock"] = scope => Times.Clock(scope.Random),
        ["at"] = scope => Times.Moment(scope.Random),
        ["daily"] = scope => Times.Regular(scope.Random),
        ["now"] = scope => Times.Now(scope.Random),
        ["next"] = scope => Times.Next(scope.Random),
        ["id"] = scope => new(Made.Id(scope.Random)),
        ["made"] = scope => new(Made.Word(scope.Random)),
        ["n"] = scope => Numbers.Count(scope.Random),
        ["percent"] = scope => Numbers.Percent(scope.Random),
        ["expr"] = scope => Numbers.Sum(scope.Random),
        ["share"] = scope => Numbers.Told("/", scope.Random),
        ["product"] = scope => Numbers.Told("*", scope.Random),
        ["total"] = scope => Numbers.Told("+", scope.Random),
        ["rest"] = scope => Numbers.Told("-", scope.Random),
        ["part"] = scope => Numbers.Told("%", scope.Random),
        ["convert"] = scope => Numbers.Conversion(scope.Random),
        ["device"] = scope => Devices.Report(scope.Random),
        ["reading"] = scope => Devices.Reading(scope.Random),
        ["ip"] = scope => new(Devices.Address(scope.Random)),
        ["ping"] = scope => Devices.Ping(scope.Value("host").Said, scope.Random),
        ["size"] = scope => new($"{scope.Random.Next(1, 99999)}"),
        ["code"] = scope => new(Made.Code(scope.Random)),
    };
}

using System.Collections.Frozen;

namespace Models.Tokens.Jinja;

/// <summary>A filter, as in <c>value | join(', ')</c>.</summary>
internal delegate object Filter(RenderContext context, object value, CallArguments arguments);

/// <summary>The filters of Jinja2 that this subset has, and the <c>tojson</c> of transformers.</summary>
internal static class Filters
{
    public static readonly FrozenDictionary<string, Filter> All = new Dictionary<string, Filter>
    {
        ["abs"] = NumberFilters.Abs,
        ["batch"] = SequenceFilters.Batch,
        ["capitalize"] = TextFilters.Convert("capitalize", Casing.Capitalize),
        ["center"] = TextFilters.Center,
        ["count"] = Length,
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = SequenceFilters.DictSort,
        ["e"] = TextFilters.Convert("escape", TextFilters.Escape),
        ["escape"] = TextFilters.Convert("escape", TextFilters.Escape),
        ["first"] = SequenceFilters.First,
        ["float"] = NumberFilters.Float,
        ["format"] = TextFilters.Format,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Int,
        ["items"] = SequenceFilters.Items,
        ["join"] = SequenceFilters.Join,
        ["last"] = SequenceFilters.Last,
        ["length"] = Length,
        ["list"] = SequenceFilters.List,
        ["lower"] = TextFilters.Convert("lower", Casing.Lower),
        ["map"] = SelectionFilters.Map,
        ["max"] = SequenceFilters.Max,
        ["min"] = SequenceFilters.Min,
        ["reject"] = SelectionFilters.Choose("reject", byAttribute: false, keep: false),
        ["rejectattr"] = SelectionFilters.Choose("rejectattr", byAttribute: true, keep: false),
        ["replace"] = TextFilters.Replace,
        ["reverse"] = SequenceFilters.Reverse,
        ["round"] = NumberFilters.Round,
        // Nothing is escaped here, so nothing needs to be kept from it.
        ["safe"] = TextFilters.Convert("safe", static text => text),
        ["select"] = SelectionFilters.Choose("select", byAttribute: false, keep: true),
        ["selectattr"] = SelectionFilters.Choose("selectattr", byAttribute: true, keep: true),
        ["sort"] = SequenceFilters.Sort,
        ["string"] = TextFilters.Convert("string", static text => text),
        ["sum"] = SequenceFilters.Sum,
        ["title"] = TextFilters.Convert("title", TextFilters.Title),
        ["tojson"] = JsonWriter.ToJson,
        ["trim"] = TextFilters.Trim,
        ["unique"] = SequenceFilters.Unique,
        ["upper"] = TextFilters.Convert("upper", Casing.Upper),
    }.ToFrozenDictionary();

    private static object Length(RenderContext context, object value, CallArguments arguments)
    {
        arguments.BindPositional(context, "length", 0, 0);
        var length = Values.TryGetLength(context, value) ?? throw context.Error($"a value of type {Values.TypeName(value)} has no length.");
        return Values.Int(length);
    }

    private static object Default(RenderContext context, object value, CallArguments arguments)
    {
        var given = arguments.Bind(context, "default", 0, "default_value", "boolean");
        var falseToo = given[1] is { } flag && Values.IsTrue(flag);
        return value is Undefined || (falseToo && !Values.IsTrue(value)) ? given[0] ?? "" : value;
    }
}

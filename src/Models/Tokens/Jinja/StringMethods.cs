using System.Collections.Frozen;
using System.Globalization;

namespace Models.Tokens.Jinja;

/// <summary>The methods of a string.</summary>
internal static class StringMethods
{
    public static readonly FrozenDictionary<string, Method<string>> All = new Dictionary<string, Method<string>>
    {
        ["startswith"] = (context, self, arguments) => StringSearch.HasAffix(context, self, arguments, "startswith", static (text, affix) => text.StartsWith(affix)),
        ["endswith"] = (context, self, arguments) => StringSearch.HasAffix(context, self, arguments, "endswith", static (text, affix) => text.EndsWith(affix)),
        ["strip"] = (context, self, arguments) => StringSearch.Strip(context, self, arguments, "strip", true, true),
        ["lstrip"] = (context, self, arguments) => StringSearch.Strip(context, self, arguments, "lstrip", true, false),
        ["rstrip"] = (context, self, arguments) => StringSearch.Strip(context, self, arguments, "rstrip", false, true),
        ["split"] = (context, self, arguments) => StringSplit.Split(context, self, arguments, "split", fromEnd: false),
        ["rsplit"] = (context, self, arguments) => StringSplit.Split(context, self, arguments, "rsplit", fromEnd: true),
        ["splitlines"] = StringSplit.SplitLines,
        ["partition"] = (context, self, arguments) => StringSplit.Partition(context, self, arguments, "partition", fromEnd: false),
        ["rpartition"] = (context, self, arguments) => StringSplit.Partition(context, self, arguments, "rpartition", fromEnd: true),
        ["replace"] = StringSearch.Replace,
        ["removeprefix"] = (context, self, arguments) => StringSearch.RemoveAffix(context, self, arguments, atEnd: false),
        ["removesuffix"] = (context, self, arguments) => StringSearch.RemoveAffix(context, self, arguments, atEnd: true),
        ["join"] = Join,
        ["format"] = StringFormat.Format,
        ["find"] = (context, self, arguments) => Values.Int(StringSearch.Find(context, self, arguments, "find", fromEnd: false)),
        ["rfind"] = (context, self, arguments) => Values.Int(StringSearch.Find(context, self, arguments, "rfind", fromEnd: true)),
        ["index"] = (context, self, arguments) => Values.Int(Required(context, StringSearch.Find(context, self, arguments, "index", fromEnd: false))),
        ["rindex"] = (context, self, arguments) => Values.Int(Required(context, StringSearch.Find(context, self, arguments, "rindex", fromEnd: true))),
        ["count"] = StringSearch.Count,
        ["upper"] = Simple("upper", Casing.Upper),
        ["lower"] = Simple("lower", Casing.Lower),
        ["title"] = Simple("title", Casing.Title),
        ["capitalize"] = Simple("capitalize", Casing.Capitalize),
        ["swapcase"] = Simple("swapcase", Casing.Swap),
        ["center"] = (context, self, arguments) => Pad(context, self, arguments, "center", PadBoth),
        ["ljust"] = (context, self, arguments) => Pad(context, self, arguments, "ljust", static (text, fill, missing) => text + new string(fill, missing)),
        ["rjust"] = (context, self, arguments) => Pad(context, self, arguments, "rjust", static (text, fill, missing) => new string(fill, missing) + text),
        ["zfill"] = (context, self, arguments) => Pad(context, self, arguments, "zfill", ZeroFill),
        ["isspace"] = Are("isspace", static text => text.All(PyText.IsSpace)),
        ["isascii"] = (context, self, arguments) => Values.Bool(NoArguments(context, self, arguments, "isascii").All(char.IsAscii)),
        ["isalpha"] = Are("isalpha", static text => text.EnumeratePoints().All(IsLetter)),
        ["isalnum"] = Are("isalnum", static text => text.EnumeratePoints().All(point => IsLetter(point) || CharUnicodeInfo.GetNumericValue(point, 0) >= 0)),
        ["isdigit"] = Are("isdigit", static text => text.EnumeratePoints().All(point => CharUnicodeInfo.GetDigitValue(point, 0) >= 0)),
        ["isdecimal"] = Are("isdecimal", static text => text.EnumeratePoints().All(point => CharUnicodeInfo.GetUnicodeCategory(point, 0) == UnicodeCategory.DecimalDigitNumber)),
        ["isnumeric"] = Are("isnumeric", static text => text.EnumeratePoints().All(point => CharUnicodeInfo.GetNumericValue(point, 0) >= 0)),
        ["isupper"] = Are("isupper", Casing.IsUpper),
        ["islower"] = Are("islower", Casing.IsLower),
        ["istitle"] = Are("istitle", Casing.IsTitle),
    }.ToFrozenDictionary();

    /// <summary>Methods that Python has and this subset lacks.</summary>
    public static readonly FrozenSet<string> Unsupported =
        FrozenSet.Create("casefold", "encode", "expandtabs", "format_map", "isidentifier", "isprintable", "maketrans", "translate");

    private static string NoArguments(RenderContext context, string self, CallArguments arguments, string name)
    {
        arguments.BindPositional(context, name, 0, 0);
        context.ChargeScan(self.Length);
        return self;
    }

    private static Method<string> Simple(string name, Func<string, string> convert) =>
        (context, self, arguments) => context.Produced(convert(NoArguments(context, self, arguments, name)));

    private static Method<string> Are(string name, Func<string, bool> test) =>
        (context, self, arguments) => Values.Bool(NoArguments(context, self, arguments, name).Length > 0 && test(self));

    private static bool IsLetter(string point) => CharUnicodeInfo.GetUnicodeCategory(point, 0) <= UnicodeCategory.OtherLetter;

    public static string TextArgument(RenderContext context, object? value, string name) => value as string
        ?? throw context.Error($"'{name}' needs a string, not a value of type {Values.TypeName(value ?? None.Value)}.");

    public static long IntegerArgument(RenderContext context, object value, string name) => value is long or bool
        ? PyNumbers.ToLong(value)
        : throw context.Error($"'{name}' needs an integer, not a value of type {Values.TypeName(value)}.");

    private static string Join(RenderContext context, string self, CallArguments arguments)
    {
        var items = Values.Drain(context, Values.Iterate(context, arguments.BindPositional(context, "join", 1, 1)[0]));
        return Join(context, self, items.Select(item => TextArgument(context, item, "join")).ToList());
    }

    public static string Join(RenderContext context, string separator, List<string> texts)
    {
        context.ChargeCharacters(texts.Sum(text => (long)text.Length) + (long)separator.Length * Math.Max(0, texts.Count - 1));
        return string.Join(separator, texts);
    }

    private static int Required(RenderContext context, int found) => found >= 0 ? found : throw context.Error("the string has no such part.");

    private static string Pad(RenderContext context, string self, CallArguments arguments, string name, Func<string, char, int, string> pad)
    {
        var given = arguments.BindPositional(context, name, 1, name == "zfill" ? 1 : 2);
        var fill = given.Length > 1 ? TextArgument(context, given[1], name) : " ";
        if (fill.Length != 1) throw context.Error($"'{name}' fills with exactly one character.");
        var missing = IntegerArgument(context, given[0], name) - PyText.Length(context, self);
        if (missing <= 0) return self;
        context.ChargeCharacters(missing);
        return context.Produced(pad(self, fill[0], (int)missing));
    }

    private static string PadBoth(string text, char fill, int missing)
    {
        // Python puts the odd one to the left when the width is odd.
        var left = missing / 2 + (missing & (text.Length + missing) & 1);
        return new string(fill, left) + text + new string(fill, missing - left);
    }

    private static string ZeroFill(string text, char fill, int missing)
    {
        var sign = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        return text[..sign] + new string('0', missing) + text[sign..];
    }
}

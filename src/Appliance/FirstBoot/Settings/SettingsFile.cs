using System.Globalization;
using Appliance.Config;

namespace Appliance.FirstBoot.Settings;

/// <summary>
/// Reads <c>appliance.txt</c>: lines of <c>key = value</c> and, as the last one, <c>end</c>. Nothing in it is ever run, and no character means
/// anything inside a value; a pair of quotes around one is taken off. Pure.
/// </summary>
internal sealed class SettingsFile
{
    private const int MostFaults = 50;
    // The last two are what a Chinese keyboard types.
    private static readonly char[] Separators = ['=', ':', '\uff1d', '\uff1a'];
    private readonly IReadOnlyList<SettingKey> _keys;
    private readonly List<SettingFault> _faults = [];
    private readonly List<(SettingKey Key, string Value, int Line)> _found = [];
    private bool _isEnded, _isApplied;

    private SettingsFile(IReadOnlyList<SettingKey> keys) => _keys = keys;

    /// <summary>Everything that is wrong with it; nothing of it counts unless this is empty.</summary>
    public IReadOnlyList<SettingFault> Faults => _faults;

    /// <summary>True where it is what is left of a file that was applied.</summary>
    public bool IsApplied => _isApplied;

    /// <summary>What it says, or null where something is wrong or it was applied.</summary>
    public FirstBootSettings? Settings { get; private set; }

    /// <summary>Reads a file. Never throws for what stands in it.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="zones">The folder with the system's time zones.</param>
    public static SettingsFile Read(ReadOnlySpan<byte> bytes, string zones)
    {
        var file = new SettingsFile(SettingKey.All(zones));
        var (text, fault) = SettingsText.Decode(bytes);
        if (text is null) file._faults.Add(fault!);
        else file.Read(text);
        return file;
    }

    /// <summary>Looks at settings that were given otherwise, by the same rules; faults have no lines.</summary>
    /// <param name="entries">Names of <see cref="SettingKey.All"/> and values.</param>
    /// <param name="zones">The folder with the system's time zones.</param>
    public static SettingsFile Of(IEnumerable<(string Name, string Value)> entries, string zones)
    {
        var file = new SettingsFile(SettingKey.All(zones));
        foreach (var (name, value) in entries) file.ReadValue(file._keys.First(key => key.Name == name), value.Trim(), 0);
        file.Finish();
        return file;
    }

    private void Read(string text)
    {
        var number = 0;
        foreach (var line in text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r'))
        {
            number++;
            if (_faults.Count >= MostFaults) break;
            ReadLine(line, number);
        }
        if (_isApplied)
        {
            _faults.Clear();
            return;
        }
        if (!_isEnded && _faults.Count < MostFaults)
            _faults.Add(new(number, null, $"the last line does not say {FirstBootSettings.End}: the file was not copied to its end, or that line is missing", FirstBootSettings.End));
        Finish();
    }

    private void Finish()
    {
        CheckTogether();
        if (_faults.Count == 0) Settings = new(_keys.SelectMany(key => _found.Where(f => f.Key == key).Select(f => (key, f.Value))).ToList());
    }

    private void ReadLine(string raw, int number)
    {
        var line = Trim(raw);
        if (line.Length == 0 || line[0] is '#' or ';' || line.StartsWith("//", StringComparison.Ordinal)) return;
        if (_isEnded)
        {
            Fault(number, null, $"something stands behind {FirstBootSettings.End}, which is the last line");
            return;
        }
        if (line.Equals(FirstBootSettings.End, StringComparison.OrdinalIgnoreCase))
        {
            _isEnded = true;
            return;
        }
        // What stands in a line without a separator may be a password in the wrong place: it is not said again.
        if (line.IndexOfAny(Separators) is not (> 0 and var at))
        {
            Fault(number, null, "this is neither KEY = VALUE, nor a comment behind #", "time_zone = Europe/Berlin");
            return;
        }
        var name = Trim(line[..at]).ToLowerInvariant().Replace('-', '_').Replace(' ', '_');
        if (name == FirstBootSettings.Applied) _isApplied = true;
        else if (_keys.FirstOrDefault(key => key.Name == name) is { } key) ReadValue(key, Unquote(Trim(line[(at + 1)..])), number);
        else Fault(number, null, NearestName.Of(name, _keys.Select(k => k.Name)) is { } near ? $"there is no such setting. Did you mean {near}?" : $"there is no such setting; there are {string.Join(", ", _keys.Select(k => k.Name))}");
    }

    private void ReadValue(SettingKey key, string value, int number)
    {
        // As it stands in the template for what is not wanted.
        if (value.Length == 0) return;
        if (Hidden(value) is { } hidden)
        {
            Fault(number, key, $"there is a character in it that cannot be seen (U+{hidden:X4}); type it anew", key.ExampleLine);
            return;
        }
        var same = _found.Where(f => f.Key == key).ToList();
        if (same.Count >= key.Most)
        {
            Fault(number, key, key.Most == 1 ? $"it was given in line {same[0].Line} already" : $"it may be given {key.Most} times");
            return;
        }
        var check = key.Check(value);
        if (check.Value is null) Fault(number, key, check.Fault!, key.ExampleLine);
        else _found.Add((key, check.Value, number));
    }

    private void CheckTogether()
    {
        // Where a line is wrong already, what it lacks is not asked for.
        if (_faults.Count > 0) return;
        if (_found.FirstOrDefault(f => f.Key.Name == SettingKey.WifiSsid) is { Key: not null } ssid)
        {
            foreach (var needed in new[] { SettingKey.WifiPassword, SettingKey.WifiCountry })
                if (_found.All(f => f.Key.Name != needed)) Fault(ssid.Line, null, $"{SettingKey.WifiSsid} needs {needed} too{(needed == SettingKey.WifiPassword ? "; a network without one is not joined" : "")}", _keys.First(k => k.Name == needed).ExampleLine);
        }
        else if (_found.FirstOrDefault(f => f.Key.Name.StartsWith("wifi_", StringComparison.Ordinal)) is { Key: not null } stray)
        {
            Fault(stray.Line, stray.Key, $"there is no {SettingKey.WifiSsid}, which says what network it is of", $"{SettingKey.WifiSsid} = Home");
        }
    }

    private void Fault(int line, SettingKey? key, string why, string? example = null) => _faults.Add(new(line, key?.Name, why, example));

    // Blanks of every kind, and what word processors leave.
    private static string Trim(string text) => text.Trim().Trim('\ufeff', '\u200b', '\u2060').Trim();

    private static string Unquote(string value) =>
        value.Length >= 2 && (value[0], value[^1]) is ('"', '"') or ('\'', '\'') or ('“', '”') or ('„', '“') or ('”', '”') or ('‘', '’') or ('«', '»') ? value[1..^1] : value;

    private static int? Hidden(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.GetUnicodeCategory(value, i) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned) return value[i];
            if (char.IsHighSurrogate(value[i])) i++;
        }
        return null;
    }
}

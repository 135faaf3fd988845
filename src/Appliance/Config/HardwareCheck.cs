using Appliance.Config.Document;
using Runtime.Hardware.Board;

namespace Appliance.Config;

/// <summary>What the section <c>hardware</c> says against itself. Pure.</summary>
internal static class HardwareCheck
{
    /// <summary>Everything that is wrong with it.</summary>
    public static IEnumerable<(ConfigPath Path, string Fault)> Of(ApplianceConfig config)
    {
        var (hardware, root) = (config.Hardware, ConfigPath.Root.With("hardware"));
        var entries = hardware.Pins.Select(pin => (Table: "pins", Name: pin.Key, Faults: pin.Value.Faults(), pin.Value.Who))
            .Concat(hardware.Sensors.Select(sensor => (Table: "sensors", Name: sensor.Key, Faults: sensor.Value.Faults(), sensor.Value.Who)))
            .Concat(hardware.Buses.Select(bus => (Table: "buses", Name: bus.Key, Faults: bus.Value.Faults(), bus.Value.Who)))
            .Concat(hardware.Cameras.Select(camera => (Table: "cameras", Name: camera.Key, Faults: camera.Value.Faults(), camera.Value.Who)))
            .Concat(hardware.Triggers.Select(trigger => (Table: "triggers", Name: trigger.Key, Faults: trigger.Value.Faults(hardware), Who: (IReadOnlyList<string>?)null)));
        foreach (var (table, name, faults, who) in entries)
        {
            var path = root.With(table).With(name);
            if (!IsName(name)) yield return (path, "is no name: up to 32 letters, digits, - and _, beginning with a letter");
            foreach (var (setting, fault) in faults) yield return (setting.Length == 0 ? path : path.With(setting), fault);
            foreach (var person in (who ?? []).Where(id => id != "*" && !config.People.ContainsKey(id))) yield return (path.With("who"), $"has {person}, and there is nobody of that id in people");
        }
        // Who asks for one need not keep to capitals, - and _: names must differ in more.
        foreach (var (table, names) in new[] { ("pins", hardware.Pins.Keys), ("sensors", hardware.Sensors.Keys), ("buses", hardware.Buses.Keys), ("cameras", hardware.Cameras.Keys), ("triggers", hardware.Triggers.Keys) })
        {
            foreach (var twice in names.GroupBy(HardwareBoard.Plain).Where(group => group.Count() > 1)) yield return (root.With(table).With(twice.Last()), "is another's name but for capitals, - and _");
        }
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 32 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}

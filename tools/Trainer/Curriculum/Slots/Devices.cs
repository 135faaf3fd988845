using System.Globalization;
using Trainer.Curriculum.Grammars;

namespace Trainer.Curriculum.Slots;

/// <summary>What the box tells of itself, in the form in which its tools tell it.</summary>
internal static class Devices
{
    /// <summary>A report of <c>device_status</c>, and its parts as forms.</summary>
    public static SlotValue Report(Random random)
    {
        var (most, all) = Made.Pick([(905, "905 MiB"), (1900, "1.9 GiB"), (3700, "3.7 GiB"), (7600, "7.6 GiB"), (15_500, "15.5 GiB"), (427, "427 MiB"), (31_200, "31.2 GiB"), (22_000, "22.0 GiB")], random);
        var (free, whole) = (random.Next(40, most), random.Next(8, random.Next(2) == 0 ? 130 : 2000));
        // A GiB and more is told so.
        var (memory, disk) = (free < 1024 ? $"{free} MiB" : string.Create(CultureInfo.InvariantCulture, $"{free / 1024.0:0.0} GiB"), $"{whole}.{random.Next(10)} GiB");
        var space = random.Next(12) == 0 ? $"{random.Next(10, 1000)} MiB" : $"{random.Next(1, whole)}.{random.Next(10)} GiB";
        var (heat, cores, busy) = (string.Create(CultureInfo.InvariantCulture, $"{random.Next(28, 86)}.{random.Next(10)} °C"), Made.Pick([1, 2, 4, 8], random), random.Next(0, 101));
        var up = $"{random.Next(0, 120)} days {random.Next(24):00}:{random.Next(60):00}";
        var device = random.Next(2) == 0 ? "" : $"Device: {Made.Pick(["Raspberry Pi 4 Model B", "Raspberry Pi 5", "Orange Pi 5", "NUC", "Rock 5B", "Radxa Zero"], random)}\n";
        var network = $"{Made.Pick(["eth0", "wlan0", "end0", "enp3s0"], random)}: {Address(random)}\n";
        var load = $"{random.Next(4)}.{random.Next(100):00} {random.Next(4)}.{random.Next(100):00} {random.Next(4)}.{random.Next(100):00}";
        var more = random.Next(8) switch
        {
            0 => $"Battery: {random.Next(3, 101)} %, {(random.Next(2) == 0 ? "discharging" : "on mains")}\n",
            1 => $"Held back: {Made.Pick(["UnderVoltage", "Throttled", "FrequencyCapped", "UnderVoltage, Throttled"], random)}\n",
            2 => $"Spared: it is hot, so models work {random.Next(1, 10) * 10} % of their time\n",
            _ => "",
        };
        var text = $"{device}Processor: {cores} cores, {busy} % busy, load {load}\nMemory: {memory} of {all} free\nDisk: {space} of {disk} free\nTemperature: {heat}\n{more}Up for: {up}";
        return new(text, new Dictionary<string, string>
        {
            ["network"] = $"{text}\n{network.TrimEnd()}{(random.Next(2) == 0 ? "" : $" fd{random.Next(10, 99)}::{random.Next(2, 200)} fe80::{random.Next(1000, 9999):x}:{random.Next(4096, 65535):x}%{random.Next(1, 6)}")}",
            ["memory"] = memory,
            ["all"] = all,
            ["space"] = space,
            ["disk"] = disk,
            ["heat"] = heat,
            ["busy"] = $"{busy} %",
            ["up"] = up,
            ["address"] = network[(network.IndexOf(' ') + 1)..].TrimEnd(),
            ["cores"] = $"{cores}",
            ["load"] = load,
        });
    }

    /// <summary>What a sensor gives, with its unit.</summary>
    public static SlotValue Reading(Random random) => new(string.Create(CultureInfo.InvariantCulture, $"{random.Next(-10, 100)}.{random.Next(10)} {Made.Pick(["°C", "%", "lx", "hPa", "V", "ppm", "cm"], random)}"));

    /// <summary>An address in a network.</summary>
    public static string Address(Random random) => random.Next(6) switch
    {
        0 => $"192.168.{random.Next(256)}.{random.Next(1, 255)}",
        1 => $"10.{random.Next(256)}.{random.Next(10)}.{random.Next(1, 255)}",
        2 => $"172.{random.Next(16, 32)}.{random.Next(256)}.{random.Next(1, 255)}",
        3 => $"192.168.{random.Next(3)}.{random.Next(1, 20)}",
        _ => $"{random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}",
    };

    /// <summary>What <c>ping</c> prints of a host; form <c>ms</c>.</summary>
    public static SlotValue Ping(string host, Random random)
    {
        var (address, ms) = (Address(random), string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 90)}.{random.Next(100):00}"));
        var each = string.Concat(Enumerable.Range(1, 3).Select(n => string.Create(CultureInfo.InvariantCulture, $"64 bytes from {address}: icmp_seq={n} ttl={random.Next(50, 65)} time={random.Next(1, 90)}.{random.Next(100):00} ms\n")));
        return new($"PING {host} ({address}) 56(84) bytes of data.\n{each}\n--- {host} ping statistics ---\n3 packets transmitted, 3 received, 0% packet loss, time {random.Next(2000, 2100)}ms\nrtt min/avg/max/mdev = {random.Next(1, 20)}.{random.Next(100):00}/{ms}/{random.Next(90, 200)}.{random.Next(100):00}/0.{random.Next(100):00} ms", new Dictionary<string, string> { ["ms"] = $"{ms} ms" });
    }
}

namespace Runtime.Reflexes.Slots;

/// <summary>What stands in a slot.</summary>
/// <param name="Name">The slot's name.</param>
/// <param name="Value">As a tool takes it: <c>90m</c>, <c>2026-11-26T07:00</c>, <c>40</c>.</param>
/// <param name="Said">As it was said.</param>
/// <param name="End">The word behind it.</param>
internal readonly record struct SlotValue(string Name, string Value, string Said, int End);

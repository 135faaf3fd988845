namespace Models.Routing.Classifying;

/// <summary>Something in a text that not everybody may see: what it is and where, never the thing itself.</summary>
/// <param name="Shape">What it is, in words.</param>
/// <param name="Class">What that makes of the text.</param>
/// <param name="Start">Where it begins; in a decoded part, where that part begins.</param>
/// <param name="Length">Characters it has there.</param>
public readonly record struct Finding(string Shape, DataClass Class, int Start, int Length);

using System.Globalization;

namespace Foundation.Retry;

/// <summary>Reads the arguments of one stage; a bad one is reported once, with its position.</summary>
internal sealed class RetryExpressionArguments(RetryExpressionPart part, Action<int, string, string?> add)
{
    private readonly HashSet<int> _reported = [];

    /// <summary>Whether one was bad; the stage then means nothing.</summary>
    public bool Bad => _reported.Count > 0;

    /// <summary>A duration.</summary>
    public TimeSpan Duration(int index, TimeSpan? absent = null)
    {
        if (Missing(index)) return absent!.Value;
        return Durations.TryParse(Text(index), out var value) ? value : Refuse(index, $"is not {Durations.Expected}", TimeSpan.Zero);
    }

    /// <summary>A duration that is not shorter than another.</summary>
    public TimeSpan DurationFrom(int index, TimeSpan least)
    {
        var value = Duration(index);
        return value >= least || Bad ? value : Refuse(index, $"is less than {Durations.Format(least)}", value);
    }

    /// <summary>A number within a range.</summary>
    public double Number(int index, double least, double most, double absent)
    {
        if (Missing(index)) return absent;
        return Decimal(index, out var value) && value >= least && value <= most
            ? value
            : Refuse(index, string.Create(CultureInfo.InvariantCulture, $"is not a number from {least} to {most}"), absent);
    }

    /// <summary>A whole number within a range.</summary>
    public double Whole(int index, int least, int most) =>
        Decimal(index, out var value) && value >= least && value <= most && Math.Floor(value) == value
            ? value
            : Refuse(index, $"is not a whole number from {least} to {most}", 0);

    /// <summary>A share above 0 and up to 1, also as per cent.</summary>
    public double Share(int index)
    {
        if (Shares.TryParse(Text(index), out var share) && share > 0) return share;
        if (Decimal(index, out var value) && value is > 0 and <= 1) return value;
        return Refuse(index, "is not a share above 0 and up to 1, such as 0.2 or 20%", 0.0);
    }

    private string Text(int index) => part.Arguments[index].Text;

    private bool Missing(int index) => index >= part.Arguments.Length;

    private bool Decimal(int index, out double value) =>
        double.TryParse(Text(index), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && Text(index).Length <= 12;

    private T Refuse<T>(int index, string why, T instead)
    {
        if (_reported.Add(index)) add(part.Arguments[index].Position, $"'{Texts.Clip(Text(index))}' {why}.", null);
        return instead;
    }
}

namespace Foundation.Configuration;

/// <summary>Names of documents: <c>^[a-z0-9][a-z0-9._:-]{0,127}$</c>.</summary>
public static class DocumentNames
{
    /// <summary>The longest name.</summary>
    public const int LengthMax = 128;

    /// <summary>What a person is told to write.</summary>
    public const string Expected = "1 to 128 of a–z, 0–9, '.', '_', ':' and '-', beginning with a letter or digit";

    /// <summary>Whether it can name a document.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= LengthMax && IsLetterOrDigit(name[0]) && name.All(IsNameLetter);

    private static bool IsNameLetter(char c) => IsLetterOrDigit(c) || c is '.' or '_' or ':' or '-';

    private static bool IsLetterOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}

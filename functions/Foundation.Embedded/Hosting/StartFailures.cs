using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Foundation.Embedded.Hosting;

/// <summary>One sentence for whatever kept the host from starting.</summary>
internal static partial class StartFailures
{
    public static string Explain(Exception error) => error switch
    {
        StartException start => start.Message,
        OptionsValidationException options => string.Join(" ", options.Failures),
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        _ when Find<AddressInUseException>(error) is not null => PortHolder.Explain(PortOf(error)),
        IOException io when io.InnerException is AddressInUseException => PortHolder.Explain(PortOf(error)),
        UnauthorizedAccessException or IOException => error.Message,
        _ => $"Foundation could not start: {error.Message}",
    };

    private static int PortOf(Exception error) =>
        Port().Match(error.Message) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static T? Find<T>(Exception? error)
        where T : Exception => error is null ? null : error as T ?? Find<T>(error.InnerException);

    // Kestrel says: Failed to bind to address http://127.0.0.1:7070: address already in use.
    [GeneratedRegex(@":(\d+)[/:]? ")]
    private static partial Regex Port();
}

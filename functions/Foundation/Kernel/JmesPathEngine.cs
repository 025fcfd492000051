using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DevLab.JmesPath;
using DevLab.JmesPath.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Foundation.Kernel;

/// <summary>
/// JMESPath by the library JmesPath.Net. The one file that knows it, and Newtonsoft inside it. Its numbers are doubles, so values
/// that an expression <em>computes</em> are written as such; a bare path never comes here (<see cref="JsonPath"/>).
/// </summary>
internal sealed class JmesPathEngine
{
    // Recursion over a syntax tree is bounded by this, and parsing by the length of the text: no input overflows the stack.
    private const int TreeDepthMax = 100;

    private static readonly JmesPath Library = new();

    private readonly JmesPathExpression _expression;

    // A parsed expression keeps its `let` scopes in itself, so only one caller at a time may evaluate it.
    private readonly Lock _gate = new();

    private JmesPathEngine(JmesPathExpression expression, List<string[]> paths, JsonPath? barePath) =>
        (_expression, Paths, BarePath) = (expression, paths, barePath);

    /// <summary>What the expression reads from its context: chains of names from the root, as far as they are plain.</summary>
    public IReadOnlyList<string[]> Paths { get; }

    /// <summary>The expression as a plain path, if it is nothing more.</summary>
    public JsonPath? BarePath { get; }

    /// <summary>Parses; null and a reason where the text is no expression.</summary>
    public static JmesPathEngine? Parse(string text, out string? reason)
    {
        try
        {
            var parsed = Library.Parse(text);
            var paths = new List<string[]>();
            Walk(parsed, [], paths, 0);
            reason = null;
            return new JmesPathEngine(parsed, paths, Segments(parsed) is { } segments ? new JsonPath(segments) : null);
        }
        catch (Exception exception) when (IsLibraryFailure(exception))
        {
            reason = Reason(exception);
            return null;
        }
    }

    /// <summary>A context to evaluate several expressions on; null where it cannot be read.</summary>
    public static object? Context(RawJson json)
    {
        try
        {
            using var text = new StringReader(json.ToString());
            using var reader = new JsonTextReader(text)
            {
                DateParseHandling = DateParseHandling.None, MaxDepth = JsonLimits.StoredDepthMax,
            };
            return reader.Read() ? JToken.Load(reader) : null;
        }
        catch (Exception exception) when (IsLibraryFailure(exception))
        {
            return null;
        }
    }

    /// <summary>Evaluates; a reason where the expression fails on the values or the result is too large.</summary>
    public RawJson Evaluate(object context, int sizeMax, out string? reason)
    {
        try
        {
            reason = null;
            JToken result;
            lock (_gate) result = _expression.Transform((JToken)context).AsJToken();
            using var stream = new BoundedStream(sizeMax);
            using (var text = new StreamWriter(stream, new UTF8Encoding(false, true)))
            using (var writer = new JsonTextWriter(text) { FloatFormatHandling = FloatFormatHandling.Symbol })
            {
                result.WriteTo(writer);
            }

            // Infinity and NaN have no JSON: dividing by zero is refused here.
            if (RawJson.Check(stream.ToArray(), JsonLimits.StoredDepthMax) is null) return RawJson.Trusted(stream.ToArray());
            reason = "The result is no JSON value; a division by zero, perhaps.";
        }
        catch (Exception exception) when (IsLibraryFailure(exception))
        {
            reason = Reason(exception);
        }

        return default;
    }

    // The library throws bare Exceptions for whatever is wrong with an expression or its values. A library that is missing or another
    // one than this was written for is no mistake of whoever wrote the expression.
    private static bool IsLibraryFailure(Exception exception) => exception is not (
        OutOfMemoryException or InsufficientExecutionStackException or OperationCanceledException or FileNotFoundException
        or FileLoadException or BadImageFormatException or TypeLoadException or MissingMemberException);

    private static string Reason(Exception exception)
    {
        var text = exception.Message;
        if (text.StartsWith("Error: ", StringComparison.Ordinal)) text = text["Error: ".Length..];
        else if (text.StartsWith("Error(", StringComparison.Ordinal) && text.IndexOf("): ", StringComparison.Ordinal) is var end and > 0)
        {
            // "(1, 4)": line and column; expressions have one line.
            var comma = text.IndexOf(',', StringComparison.Ordinal);
            text = string.Create(CultureInfo.InvariantCulture, $"{text[(end + 3)..].TrimEnd('.')} at character {text[(comma + 2)..end]}.");
        }

        return Texts.Clip(text, 200);
    }

    private static List<JsonPath.Segment>? Segments(JmesPathExpression expression)
    {
        var segments = new List<JsonPath.Segment>();
        return Collect(expression) ? segments : null;

        bool Collect(JmesPathExpression part)
        {
            switch (part)
            {
                case JmesPathIdentifier name:
                    segments.Add(new JsonPath.Segment(name.Name, 0));
                    return true;
                case JmesPathIndex index:
                    segments.Add(new JsonPath.Segment(null, index.Index));
                    return true;
                case JmesPathCurrentNodeExpression:
                    return true;
                case JmesPathSubExpression or JmesPathIndexExpression:
                    return Collect(Left((JmesPathCompoundExpression)part)) && Collect(Right((JmesPathCompoundExpression)part));
                case JmesPathNotExpression:
                    return false;
                case JmesPathSimpleExpression simple:
                    return Collect(simple.Expression);
                default:
                    return false;
            }
        }
    }

    /// <summary>
    /// Finds the paths that start at the root. <paramref name="at"/> is where the current node stands: a chain of names from the root,
    /// or null for something computed. Gives back where the result stands.
    /// </summary>
    private static string[]? Walk(JmesPathExpression? expression, string[]? at, List<string[]> paths, int depth)
    {
        if (depth > TreeDepthMax) throw new FormatException($"the expression is nested more than {TreeDepthMax} levels deep.");
        depth++;
        switch (expression)
        {
            case null or JmesPathLiteral or JmesPathRawString:
                return null;
            case JmesPathCurrentNodeExpression:
                return at;
            case JmesPathRootNodeExpression:
                return [];
            case JmesPathIdentifier name:
                return Extend(at, name.Name, paths);
            case JmesPathIndex:
                return null;
            case JmesPathSubExpression or JmesPathIndexExpression or JmesPathPipeExpression:
                var compound = (JmesPathCompoundExpression)expression;
                return Walk(Right(compound), Walk(Left(compound), at, paths, depth), paths, depth);
            case JmesPathCompoundExpression both:
                Walk(Left(both), at, paths, depth);
                Walk(Right(both), at, paths, depth);
                return null;
            case JmesPathNotExpression not:
                Walk(not.Expression, at, paths, depth);
                return null;
            case JmesPathSimpleExpression simple:
                return Walk(simple.Expression, at, paths, depth);
            case JmesPathFilterProjection filter:
                Walk(filter.Expression, null, paths, depth);
                return null;
            case JmesPathMultiSelectHash hash:
                foreach (var value in hash.Dictionary.Values) Walk(value, at, paths, depth);
                return null;
            case JmesPathMultiSelectList list:
                foreach (var value in list.Expressions) Walk(value, at, paths, depth);
                return null;
            case JmesPathFunctionExpression function:
                foreach (var argument in function.Arguments) Walk(argument, argument.IsExpressionType ? null : at, paths, depth);
                return null;
            case JmesPathLetExpression let:
                foreach (var binding in Bindings(let)) Walk(binding.Expression, at, paths, depth);
                return Walk(Body(let), at, paths, depth);
            default:
                return null;
        }
    }

    private static string[]? Extend(string[]? at, string name, List<string[]> paths)
    {
        if (at is null) return null;
        string[] path = [.. at, name];
        if (at.Length > 0) paths.RemoveAll(known => ReferenceEquals(known, at));
        paths.Add(path);
        return path;
    }

    // The library keeps the two sides of an operator to itself; without them nobody could tell `a.b` from `b`.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Left")]
    private static extern JmesPathExpression Left(JmesPathCompoundExpression expression);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Right")]
    private static extern JmesPathExpression Right(JmesPathCompoundExpression expression);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "bindings_")]
    private static extern ref IList<JmesPathBinding> Bindings(JmesPathLetExpression expression);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "expression_")]
    private static extern ref JmesPathExpression Body(JmesPathLetExpression expression);

    /// <summary>A memory stream that refuses to grow beyond a size, so that a result cannot fill the memory while it is written.</summary>
    private sealed class BoundedStream(int sizeMax) : MemoryStream
    {
        // The other overloads of a derived stream come down to this one.
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > sizeMax) throw new InvalidOperationException($"the result is larger than {Sizes.Format(sizeMax)}.");
            base.Write(buffer, offset, count);
        }
    }
}

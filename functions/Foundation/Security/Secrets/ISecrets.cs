namespace Foundation.Security.Secrets;

/// <summary>Looks secrets up, inside the operator's allow-list: <c>FOUNDATION_SECRET_*</c> variables and files of one folder.</summary>
public interface ISecrets
{
    /// <summary>The value now, or why there is none. Cheap: files are looked at again at most every few seconds.</summary>
    Outcome<SecretValue> Resolve(SecretReference reference);

    /// <summary>
    /// Calls when the value of a file that was resolved before has changed, until disposed. Noticed within about ten seconds; variables
    /// never change in a running process.
    /// </summary>
    IDisposable Subscribe(Action<SecretReference> changed);
}

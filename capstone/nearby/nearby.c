/* How far two words are apart: Levenshtein's distance over their UTF-8 bytes.
   A Python extension with one function, distance(a, b). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *distance(PyObject *self, PyObject *args)
{
    const char *a, *b;
    Py_ssize_t m, n;
    if (!PyArg_ParseTuple(args, "s#s#", &a, &m, &b, &n))
        return NULL;
    Py_ssize_t *row = PyMem_New(Py_ssize_t, n + 1);
    if (!row)
        return PyErr_NoMemory();
    for (Py_ssize_t j = 0; j <= n; j++)
        row[j] = j;
    for (Py_ssize_t i = 1; i <= m; i++) {
        Py_ssize_t diagonal = row[0];
        row[0] = i;
        for (Py_ssize_t j = 1; j <= n; j++) {
            Py_ssize_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    Py_ssize_t found = row[n];
    PyMem_Free(row);
    return PyLong_FromSsize_t(found);
}

static PyMethodDef methods[] = {
    {"distance", distance, METH_VARARGS, "Edits from one word to another."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "nearby", NULL, -1, methods,
};

PyMODINIT_FUNC PyInit_nearby(void)
{
    return PyModule_Create(&module);
}
